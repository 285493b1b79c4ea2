"""What is made of a verified backup besides: a logical dump of the restored copy, an export of the snapshot's copy."""

from functions.core.domain.backup import SNAPSHOT_PREFIX, BackupOutcome, Step
from infra.constructs.backup_polling import SPEAKING, Poll, polled, read_alarms
from infra.constructs.backup_record import CANCELLED_BY, noted, text, written
from infra.constructs.backup_restore import DROP
from infra.constructs.backup_states import (
    PATIENTLY,
    BackupNames,
    State,
    branch,
    call,
    caught,
    invoke,
    jsonata,
    passed_over,
    verdict,
)

EXPORTS = "exports"
"""The folder of exports in the bucket; dumps have their own."""
_EXPORT = f"'{SNAPSHOT_PREFIX}' & $id & '-export'"
_PARTS_AT_ONCE = 2
_EXPORT_OVER = [
    "Rds.InvalidExportTaskStateException",
    "Rds.InvalidExportTaskStateFault",
    "Rds.ExportTaskNotFoundException",
    "Rds.ExportTaskNotFound",
    "Rds.ExportTaskNotFoundFault",
]


def dump(names: BackupNames) -> dict[str, State]:
    """Dump the restored copy in parts, and then drop it. Entered at ``NoteDump``."""
    failed = BackupOutcome.DUMP_FAILED
    target = {"backup": jsonata("$id"), "host": jsonata("$host"), "port": jsonata("$port")}
    not_dumped = caught(failed, "'the restored copy could not be dumped'", to=DROP)
    return {
        "NoteDump": noted(names, Step.DUMP, then="PlanDump", catch=not_dumped),
        "PlanDump": {
            **invoke(names.dump, {"operation": "plan", **target}),
            "Assign": {"parts": jsonata("$append([], $states.result.Payload.parts)")},
            "Catch": [not_dumped],
            "Next": "DumpParts",
        },
        "DumpParts": {
            "Type": "Map",
            "Items": jsonata("$parts"),
            "MaxConcurrency": _PARTS_AT_ONCE,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "TakePart",
                "States": _part(names, target),
            },
            "Assign": {"dumped": jsonata("$append([], $states.result)")},
            "Catch": [not_dumped],
            "Next": "JudgeDump",
        },
        "JudgeDump": {
            "Type": "Choice",
            "Choices": [
                verdict(
                    f"$count($dumped[stopped = '{outcome}']) > 0",
                    outcome,
                    f"$dumped[stopped = '{outcome}'][0].words",
                    to=DROP,
                )
                for outcome in (BackupOutcome.CANCELLED, BackupOutcome.HALTED)
            ],
            "Default": "FinishDump",
        },
        "FinishDump": {
            **invoke(names.dump, {"operation": "finish", "backup": jsonata("$id"), "parts": jsonata("$dumped")}),
            "Assign": {"location": jsonata("$states.result.Payload.location")},
            "Catch": [not_dumped],
            "Next": "NoteDumped",
        },
        "NoteDumped": {
            **written(names, {"location": text("$location")}),
            "Catch": [not_dumped],
            "Next": DROP,
        },
    }


def _part(names: BackupNames, target: State) -> dict[str, State]:
    """One part: not begun where an alarm speaks or somebody has cancelled. It answers so and does not fail.

    What a branch of the map assigns is its own: the names are none of the workflow's.
    """
    return {
        "TakePart": {
            "Type": "Pass",
            "Assign": {"part": jsonata("$states.input"), "part_alarms": "", "part_cancelled_by": ""},
            "Next": "WatchOverPart",
        },
        "WatchOverPart": {
            **read_alarms(names),
            "Assign": {"part_alarms": SPEAKING},
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {"part_alarms": "unknown: they cannot be read"},
                    "Next": "NoteLookAtPart",
                }
            ],
            "Next": "NoteLookAtPart",
        },
        "NoteLookAtPart": {
            **written(names, {"looked_at": text("$now()")}),
            "Assign": {"part_cancelled_by": CANCELLED_BY},
            "Catch": [passed_over(to="JudgePart")],
            "Next": "JudgePart",
        },
        "JudgePart": {
            "Type": "Choice",
            "Choices": [
                branch("$part_cancelled_by != ''", to="CancelledPart"),
                branch("$part_alarms != ''", to="HaltedPart"),
            ],
            "Default": "DumpPart",
        },
        "DumpPart": {
            **invoke(names.dump, {"operation": "part", **target, "part": jsonata("$part")}),
            "Output": jsonata("$states.result.Payload"),
            "End": True,
        },
        "CancelledPart": _stopped(BackupOutcome.CANCELLED, "'cancelled by ' & $part_cancelled_by"),
        "HaltedPart": _stopped(BackupOutcome.HALTED, "'these alarms speak: ' & $part_alarms"),
    }


def _stopped(outcome: BackupOutcome, words: str) -> State:
    return {"Type": "Pass", "Output": {"stopped": outcome.value, "words": jsonata(words)}, "End": True}


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
