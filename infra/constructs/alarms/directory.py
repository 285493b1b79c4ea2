"""The alarms on the directory's source: how old the directory is, and what its reconcile would not do by itself."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.config.database import DirectorySource
from infra.constructs.alarms.figures import function, measured
from infra.constructs.alarms.rows import NOT_CALLED, AlarmRow, Missing
from infra.constructs.alarms.topics import Severity

SLACK = Duration.minutes(10)
"""For a run that takes its whole time, or a replica that is some minutes behind: older than that is a round missed."""

NOT_COMPARED = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "every run says how old the directory is, one that fails too: silence is a reconcile that does not run",
)
SAID_BY_ITS_AGE = Missing(
    cloudwatch.TreatMissingData.MISSING, "a reconcile that does not run is said once, by the alarm on the age"
)


def directory_alarms(source: DirectorySource, *, region: str) -> list[AlarmRow]:
    """The rows of a region whose directory is reconciled. Each run says its figures once, so a period is a run's."""
    period = Duration.minutes(source.every_minutes)
    return [
        _age(period, region),
        _held_back(source, period, region),
        _refused(period, region),
        _disagreeing(period, region),
        _failing(period),
    ]


def oldest(period: Duration) -> float:
    """How old the directory may be after a run, in seconds."""
    return period.to_seconds() + SLACK.to_seconds()


def _age(period: Duration, region: str) -> AlarmRow:
    # Three runs in a row, because two may fall into one period and none into the next. A page: shifts change within
    # hours, and the next change would reach the wrong people before a ticket is read.
    return AlarmRow(
        name="Statline directory is old",
        means="Delivery goes on with an old directory: a page may soon reach somebody whose shift is over. For three"
        f" rounds the directory was compared with nothing newer than {oldest(period) / 60:g} minutes, or not at all.",
        first="Look whether statline-reconcile fails, and whether the replica runs and how far it is behind.",
        runbook="stale-directory",
        heard_as=Severity.PAGE,
        figure=measured(Metric.DIRECTORY_AGE, "Maximum", region=region),
        threshold=oldest(period),
        period=period,
        datapoints=(3, 3),
        missing=NOT_COMPARED,
    )


def _held_back(source: DirectorySource, period: Duration, region: str) -> AlarmRow:
    return AlarmRow(
        name="Statline directory deletions are held back",
        means="Nobody is lost: people, phones or shifts that the database's views lack are kept in the directory,"
        f" because they are more than {source.most_deletions_percent} % of a tenant's. Those who left are still paged.",
        first="Compare the counts of the views with yesterday's: an empty or half view is a fault of its source.",
        runbook="directory-source",
        heard_as=Severity.TICKET,
        figure=measured(Metric.DIRECTORY_DELETIONS_HELD_BACK, "Maximum", region=region),
        threshold=0,
        period=period,
        missing=SAID_BY_ITS_AGE,
    )


def _refused(period: Duration, region: str) -> AlarmRow:
    return AlarmRow(
        name="Statline directory rows are refused",
        means="Rows of the database's views break the contract: what they say of a person, phone or shift is not in"
        " effect, and the directory has what was there before.",
        first="Read in the log of statline-reconcile what is wrong with which rows, and tell the view's owner.",
        runbook="directory-source",
        heard_as=Severity.TICKET,
        figure=measured(Metric.DIRECTORY_ROWS_REFUSED, "Maximum", region=region),
        threshold=0,
        period=period,
        datapoints=(3, 3),
        missing=SAID_BY_ITS_AGE,
    )


def _disagreeing(period: Duration, region: str) -> AlarmRow:
    return AlarmRow(
        name="Statline directory rows disagree",
        means="People, phones, teams or shifts differ between the database's views and the directory, and the views do"
        " not say that theirs are newer: notifications go by the directory's.",
        first="Read in the log of statline-reconcile how many of which kind; ask the view's owner how revisions grow.",
        runbook="directory-source",
        heard_as=Severity.TICKET,
        figure=measured(Metric.DIRECTORY_ROWS_DISAGREEING, "Maximum", region=region),
        threshold=0,
        period=period,
        datapoints=(3, 3),
        missing=SAID_BY_ITS_AGE,
    )


def _failing(period: Duration) -> AlarmRow:
    return AlarmRow(
        name="Statline reconcile fails",
        means="Clinicians feel nothing yet: runs of statline-reconcile end in an error, and the directory ages.",
        first="Read the newest errors in its log; was it, or the database, changed within the hour?",
        runbook="failing-function",
        heard_as=Severity.TICKET,
        figure=function("Errors", "reconcile"),
        threshold=0,
        period=period,
        datapoints=(2, 3),
        missing=NOT_CALLED,
    )
