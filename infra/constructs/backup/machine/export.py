"""After the drop: the snapshot goes, and RDS exports its copy, where that is wanted."""

from functions.core.domain.backup.record import SNAPSHOT_PREFIX, BackupKind, BackupOutcome, Step
from infra.constructs.backup.machine.copy import NO_SNAPSHOT, removing
from infra.constructs.backup.machine.polling import Poll, polled
from infra.constructs.backup.machine.record import noted, text, written
from infra.constructs.backup.machine.states import (
    PATIENTLY,
    BackupNames,
    State,
    branch,
    call,
    caught,
    jsonata,
    remarked,
)

EXPORTS = "exports"
"""The folder of exports in the bucket; dumps have their own."""
_EXPORT = f"'{SNAPSHOT_PREFIX}' & $id & '-export'"
_EXPORT_OVER = [
    "Rds.InvalidExportTaskStateException",
    "Rds.InvalidExportTaskStateFault",
    "Rds.ExportTaskNotFoundException",
    "Rds.ExportTaskNotFound",
    "Rds.ExportTaskNotFoundFault",
]


def after_drop(*, otherwise: str) -> dict[str, State]:
    """The snapshot goes, which was for the copy; then the export, if wanted. Entered at ``JudgeSnapshotNeed``."""
    return {
        "JudgeSnapshotNeed": {
            "Type": "Choice",
            "Choices": [branch(f"$kind = '{BackupKind.VERIFY}'", to="Conclude")],
            "Default": "DropSnapshot",
        },
        "DropSnapshot": {
            **removing(jsonata("$snapshot")),
            "Catch": [
                {"ErrorEquals": NO_SNAPSHOT, "Next": "JudgeExtras"},
                remarked(
                    "'the snapshot ' & $snapshot & ' could not be deleted, it is left to be pruned'", to="JudgeExtras"
                ),
            ],
            "Next": "JudgeExtras",
        },
        "JudgeExtras": {
            "Type": "Choice",
            "Choices": [branch(f"$kind = '{BackupKind.EXPORT}'", to="NoteExport")],
            "Default": otherwise,
        },
    }


def export(names: BackupNames, *, then: str, ends_at: str) -> dict[str, State]:
    """Have RDS export the copy as Parquet files. Entered at ``NoteExport``."""
    failed = BackupOutcome.EXPORT_FAILED
    task = "$states.result.ExportTasks[0]"
    return {
        "NoteExport": noted(
            names,
            Step.EXPORT,
            {"export_task": text(_EXPORT)},
            then="StartExport",
            catch=caught(failed, "'the record could not be written, so no export was started'", to=ends_at),
        ),
        "StartExport": {
            **call(
                "rds:startExportTask",
                {
                    "ExportTaskIdentifier": jsonata(_EXPORT),
                    "SourceArn": jsonata("$copy_arn"),
                    "S3BucketName": names.bucket,
                    "S3Prefix": EXPORTS,
                    "IamRoleArn": names.export_role,
                    "KmsKeyId": names.key,
                },
            ),
            "Catch": [
                {
                    "ErrorEquals": ["Rds.ExportTaskAlreadyExistsException", "Rds.ExportTaskAlreadyExists"],
                    "Next": "WaitForExport",
                },
                caught(failed, "'the export of ' & $copy & ' was not started'", to="StopExport"),
            ],
            "Next": "WaitForExport",
        },
        **polled(
            names,
            Poll(
                of="Export",
                look=call("rds:describeExportTasks", {"ExportTaskIdentifier": jsonata(_EXPORT)}),
                learn={
                    "status": f"$uppercase({task}.Status)",
                    "progress": f"$exists({task}.PercentProgress) ? $number($string({task}.PercentProgress)) : 0",
                    "export_trouble": f"$exists({task}.FailureCause) ? $string({task}.FailureCause) : ''",
                },
                what="'the export of ' & $copy",
                done="$status = 'COMPLETE'",
                broken="$status in ['FAILED', 'CANCELED', 'CANCELING']",
                why="'it is ' & $status & ($export_trouble = '' ? '' : ': ' & $substring($export_trouble, 0, 300))",
                failed=failed,
                late=failed,
                fails_to="StopExport",
                stops_to="StopExport",
                then="NoteExported",
            ),
        ),
        "StopExport": {
            **call("rds:cancelExportTask", {"ExportTaskIdentifier": jsonata(_EXPORT)}),
            "Retry": [{"ErrorEquals": _EXPORT_OVER, "MaxAttempts": 0}, PATIENTLY],
            "Catch": [
                {"ErrorEquals": _EXPORT_OVER, "Next": ends_at},
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {
                        "words": jsonata("$words & '; the export could not be cancelled: ' & $states.errorOutput.Error")
                    },
                    "Next": ends_at,
                },
            ],
            "Next": ends_at,
        },
        "NoteExported": {
            **written(names, {"location": text(f"'s3://{names.bucket}/{EXPORTS}/' & {_EXPORT}")}),
            "Catch": [caught(failed, "'where the export lies could not be recorded'", to=ends_at)],
            "Next": then,
        },
    }
