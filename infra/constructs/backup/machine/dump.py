"""A logical dump of the restored copy, where one is wanted, in as many parts as the function says."""

from functions.core.domain.backup.record import BackupOutcome, Step
from infra.constructs.backup.machine.polling import SPEAKING, read_alarms
from infra.constructs.backup.machine.record import CANCELLED_BY, noted, text, written
from infra.constructs.backup.machine.restore import DROP
from infra.constructs.backup.machine.states import (
    BackupNames,
    State,
    branch,
    caught,
    invoke,
    jsonata,
    passed_over,
    verdict,
)

_PARTS_AT_ONCE = 2


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
