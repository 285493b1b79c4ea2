"""The alarms on the backup workflow."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.config.database import BackupConfig
from infra.constructs.alarms import AlarmRow, Figure, Formula, Missing
from infra.constructs.alarms_topics import Severity

NOTHING_RUNS = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "Step Functions publishes nothing while no execution ends"
)
NO_BACKUP = Missing(
    cloudwatch.TreatMissingData.BREACHING, "an hour without an execution is an hour without a backup, which is counted"
)


def backup_alarms(backup: BackupConfig, *, machine_arn: str) -> list[AlarmRow]:
    """The rows of a region's backup workflow. That backups are missing is said only where a schedule promises them."""
    return [_unfinished(machine_arn), *([_missing(backup, machine_arn)] if backup.schedule else [])]


def _executions(ended: str, machine_arn: str) -> Figure:
    return Figure(
        namespace="AWS/States",
        name=f"Executions{ended}",
        statistic="Sum",
        dimensions={"StateMachineArn": machine_arn},
    )


def _unfinished(machine_arn: str) -> AlarmRow:
    return AlarmRow(
        name="Statline backup did not finish",
        means="Clinicians feel nothing. The last backup of the database gets older: what is entered now could be lost.",
        first="Read the execution's error and cause, which is in words; never back up the primary instead.",
        runbook="backup-failed",
        severity=Severity.TICKET,
        figure=Formula(
            expression="FILL(failed, 0) + FILL(timed_out, 0) + FILL(aborted, 0)",
            label="backups that did not finish",
            figures={
                "failed": _executions("Failed", machine_arn),
                "timed_out": _executions("TimedOut", machine_arn),
                "aborted": _executions("Aborted", machine_arn),
            },
        ),
        threshold=0,
        missing=NOTHING_RUNS,
    )


def _missing(backup: BackupConfig, machine_arn: str) -> AlarmRow:
    hours = backup.at_least_every_hours
    return AlarmRow(
        name="Statline has no recent backup",
        means=f"Clinicians feel nothing. Were the database lost now, more than {hours} hours of entries could be lost.",
        first="See how the last executions ended, remove the cause, and start one by hand.",
        runbook="backup-missing",
        severity=Severity.TICKET,
        figure=_executions("Succeeded", machine_arn),
        threshold=1,
        below=True,
        period=Duration.hours(1),
        datapoints=(hours, hours),
        missing=NO_BACKUP,
    )
