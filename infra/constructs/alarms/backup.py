"""The alarms on the backup workflow."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from functions.core.adapters.telemetry.embedded_metrics import NAMESPACE, Metric
from functions.core.domain.backup.record import BackupOutcome
from infra.config.database import BackupConfig
from infra.constructs.alarms.figures import function, measured
from infra.constructs.alarms.rows import NOT_CALLED, AlarmRow, Figure, Formula, Missing
from infra.constructs.alarms.topics import Severity

NOTHING_RUNS = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "Step Functions and the workflow publish nothing while no backup ends"
)
UNKNOWN_AGE = Missing(
    cloudwatch.TreatMissingData.BREACHING,
    "the age is published every minute: silence is a watch that does not run, and then nobody knows of any backup",
)
_PERIOD = Duration.minutes(5)


def backup_alarms(backup: BackupConfig, *, region: str, machine_arn: str) -> list[AlarmRow]:
    """The rows of a region's backups. That a backup is missing is said only where a schedule promises one."""
    promised = [_missing(backup, region)] if backup.schedule else []
    return [_unfinished(region, machine_arn), _halted(region), _not_cleaned_up(), *promised]


def _executions(ended: str, machine_arn: str) -> Figure:
    return Figure(
        namespace="AWS/States",
        name=f"Executions{ended}",
        statistic="Sum",
        dimensions={"StateMachineArn": machine_arn},
    )


def _ended_as(outcome: BackupOutcome, region: str) -> Figure:
    """How many backups the workflow itself says have ended so."""
    return Figure(namespace=NAMESPACE, name=f"Backup{outcome}", statistic="Sum", dimensions={"Region": region})


def _unfinished(region: str, machine_arn: str) -> AlarmRow:
    # Step Functions counts every end but the good one as failed; the halted have an alarm of their own, and of the
    # cancelled somebody knows. Where a figure falls into the next period, a ticket is written too many, never too few.
    return AlarmRow(
        name="Statline backup did not finish",
        means="Clinicians feel nothing. The last backup of the database gets older: what is entered now could be lost.",
        first="Read the backup's record (statline backup list), which is in words; never back up the primary instead.",
        runbook="backup-failed",
        heard_as=Severity.TICKET,
        figure=Formula(
            expression="FILL(failed, 0) + FILL(timed_out, 0) + FILL(aborted, 0) - FILL(halted, 0) - FILL(cancelled, 0)",
            label="backups that did not finish",
            figures={
                "failed": _executions("Failed", machine_arn),
                "timed_out": _executions("TimedOut", machine_arn),
                "aborted": _executions("Aborted", machine_arn),
                "halted": _ended_as(BackupOutcome.HALTED, region),
                "cancelled": _ended_as(BackupOutcome.CANCELLED, region),
            },
        ),
        threshold=0,
        period=_PERIOD,
        missing=NOTHING_RUNS,
    )


def _halted(region: str) -> AlarmRow:
    return AlarmRow(
        name="Statline backup was halted",
        means="An alarm of delivery or of the database spoke while a backup ran, and the backup stopped. Clinicians"
        " feel what that alarm says, not this.",
        first="Take care of the alarm that the backup's record names; the backup comes after it.",
        runbook="backup-halted",
        heard_as=Severity.TICKET,
        figure=_ended_as(BackupOutcome.HALTED, region),
        threshold=0,
        period=_PERIOD,
        missing=NOTHING_RUNS,
    )


def _not_cleaned_up() -> AlarmRow:
    return AlarmRow(
        name="Statline backup leftovers are not removed",
        means="Clinicians feel nothing. A restored copy of the database may be left, which costs money and is one more"
        " place with all of its data; no network leads to it.",
        first="Read the newest errors in the log of statline-backup-upkeep; it tries again every quarter of an hour.",
        runbook="backup-failed",
        heard_as=Severity.TICKET,
        figure=function("Errors", "backup-upkeep"),
        threshold=0,
        period=Duration.minutes(15),
        datapoints=(3, 4),
        missing=NOT_CALLED,
    )


def _missing(backup: BackupConfig, region: str) -> AlarmRow:
    hours = backup.at_least_every_hours
    return AlarmRow(
        name="Statline has no recent backup",
        means=f"Clinicians feel nothing. Were the database lost now, more than {hours} hours of entries could be lost.",
        first="See how the last backups ended (statline backup list), remove the cause, and start one by hand.",
        runbook="backup-missing",
        heard_as=Severity.TICKET,
        figure=measured(Metric.VERIFIED_BACKUP_AGE, "Minimum", region=region),
        threshold=hours,
        period=_PERIOD,
        datapoints=(3, 3),
        missing=UNKNOWN_AGE,
    )
