"""The alarms on the detector: that a backup runs on the primary, and that nobody could see one."""

from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import Metric
from infra.constructs.alarms.figures import measured
from infra.constructs.alarms.rows import AlarmRow, Missing
from infra.constructs.alarms.topics import Severity
from infra.constructs.alarms.wholes import BACKUP_ON_PRIMARY

RUNBOOK = "backup-on-primary"
"""What the alarm leads to, and the detector's letter."""
SAID_BY_THE_OTHER = Missing(
    cloudwatch.TreatMissingData.MISSING, "a watch that sees nothing is said by the alarm beside this one"
)
NOBODY_LOOKS = Missing(
    cloudwatch.TreatMissingData.BREACHING, "the watch says every minute what it sees: silence is a watch that is blind"
)
_BLIND_MINUTES = 5


def backup_on_primary(*, region: str, primary: str) -> AlarmRow:
    """That a backup runs. It stands beside the database's alarms, which it explains (`Whole.SATURATED`)."""
    return AlarmRow(
        name=BACKUP_ON_PRIMARY,
        means="The applications that clinicians work in may become slow or stand still: somebody backs up or dumps"
        f" {primary}. Notifications do not use this database and go on.",
        first="Read the letter that came with this: it says who and since when. Ask them to stop, or end the session"
        " with statline database end.",
        runbook=RUNBOOK,
        heard_as=Severity.PAGE,
        figure=measured(Metric.BACKUP_ON_PRIMARY, "Maximum", region=region),
        threshold=0,
        missing=SAID_BY_THE_OTHER,
    )


def backup_watch_alarms(*, region: str, primary: str) -> list[AlarmRow]:
    """The rows that stand beside the detector itself: that it sees nothing."""
    return [_blind(region, primary)]


def _blind(region: str, primary: str) -> AlarmRow:
    return AlarmRow(
        name="Statline cannot see backups on the primary",
        means="Clinicians feel nothing. If somebody backed up or dumped"
        f" {primary} now, nobody would be told before the applications are slow.",
        first="Read the newest errors in the log of statline-backup-watch; are Performance Insights on?",
        runbook=RUNBOOK,
        heard_as=Severity.TICKET,
        figure=measured(Metric.BACKUP_ON_PRIMARY, "SampleCount", region=region),
        threshold=1,
        below=True,
        datapoints=(_BLIND_MINUTES, _BLIND_MINUTES),
        missing=NOBODY_LOOKS,
    )
