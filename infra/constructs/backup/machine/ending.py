"""How a backup ends: its record, its figures, its turn given back, on-call told, and the end state with its name."""

from functions.core.adapters.telemetry.embedded_metrics import NAMESPACE, Metric
from functions.core.domain.backup.record import BackupKind, BackupOutcome, Step
from infra.constructs.backup.machine.opening import MINE, TURN
from infra.constructs.backup.machine.record import noted, number, on_table, text, written
from infra.constructs.backup.machine.states import (
    PATIENTLY,
    BackupNames,
    State,
    branch,
    call,
    invoke,
    jsonata,
    passed_over,
    remarked,
)

ENDS_AT = "EndRecord"
"""Where every way ends that has a record."""
UNRECORDED_ENDS_AT = "PutFigures"
VERIFIED = BackupOutcome.VERIFIED.value
ENDS = [outcome for outcome in BackupOutcome if outcome is not BackupOutcome.INTERRUPTED]
"""How an execution can end by itself; `INTERRUPTED` is written by the clean-up after one that could not."""
_SECONDS = "$round(($millis() - $toMillis($states.context.Execution.StartTime)) / 1000)"


def ending(names: BackupNames) -> dict[str, State]:
    """From the outcome to the end state."""
    concluded = noted(names, Step.RECORD, then=ENDS_AT, catch=passed_over(to=ENDS_AT))
    return {
        "Conclude": {
            "Type": "Pass",
            "Assign": {"outcome": VERIFIED, "words": jsonata("$copy & ' was restored and checked: ' & $check_words")},
            "Next": "NoteEnd",
        },
        "NoteEnd": concluded,
        ENDS_AT: {
            **written(
                names,
                {
                    "outcome": text("$outcome"),
                    "words": text("$words & $remarks"),
                    "ended_at": text("$now()"),
                    "duration_seconds": number(_SECONDS),
                },
                without=("progress",),
            ),
            "Catch": [remarked("'the end could not be recorded'", to="Prune")],
            "Next": "Prune",
        },
        "Prune": {
            # Old backups go when there is a new one. What runs that made none have left goes in any case.
            **invoke(names.upkeep, {"operation": "prune", "leftovers_only": jsonata(f"$outcome != '{VERIFIED}'")}),
            "Catch": [remarked("'old backups were not pruned'", to="PutFigures")],
            "Next": "PutFigures",
        },
        "PutFigures": {
            **call("cloudwatch:putMetricData", {"Namespace": NAMESPACE, "MetricData": jsonata(_figures(names))}),
            "Catch": [remarked("'its figures were not published'", to="ReturnTurn")],
            "Next": "ReturnTurn",
        },
        "ReturnTurn": {
            **on_table(
                "deleteItem",
                names,
                {
                    "Key": TURN,
                    "ConditionExpression": "#execution = :me",
                    "ExpressionAttributeNames": {"#execution": "execution"},
                    "ExpressionAttributeValues": {":me": text(MINE)},
                },
            ),
            # Another's turn stays another's; one that is not given back is followed by the next.
            "Catch": [passed_over(to="JudgeTelling")],
            "Next": "JudgeTelling",
        },
        "JudgeTelling": {
            "Type": "Choice",
            # Nobody reads a letter that comes every night, or one about what he has just done himself.
            "Choices": [
                branch(f"$remarks = '' and $outcome in ['{VERIFIED}', '{BackupOutcome.CANCELLED}']", to="Announce")
            ],
            "Default": "TellOnCall",
        },
        **_telling(names),
        "EndAs": {
            "Type": "Choice",
            "Choices": [branch(f"$outcome = '{outcome}'", to=outcome.value) for outcome in ENDS],
        },
        VERIFIED: {"Type": "Succeed", "Output": {"backup": jsonata("$id"), "words": jsonata("$words & $remarks")}},
        **{
            outcome.value: {"Type": "Fail", "Error": outcome.value, "Cause": jsonata("$words & $remarks")}
            for outcome in ENDS
            if outcome is not BackupOutcome.VERIFIED
        },
    }


def _figures(names: BackupNames) -> str:
    """How it ended, always; how long it took and how large it is, of a backup that is verified."""

    def figure(name: str, value: str, unit: str) -> str:
        dimensions = f"[{{'Name': 'Region', 'Value': '{names.region}'}}]"
        return f"{{'MetricName': {name}, 'Value': {value}, 'Unit': '{unit}', 'Dimensions': {dimensions}}}"

    ended = figure("'Backup' & $outcome", "1", "Count")
    seconds = figure(f"'{Metric.BACKUP_SECONDS}'", _SECONDS, "Seconds")
    size = figure(f"'{Metric.BACKUP_SIZE}'", "$size", "Gigabytes")
    return f"$outcome = '{VERIFIED}' and $kind != '{BackupKind.VERIFY}' ? [{ended}, {seconds}, {size}] : [{ended}]"


def _telling(names: BackupNames) -> dict[str, State]:
    return {
        "TellOnCall": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Arguments": {
                "TopicArn": names.topic,
                "Subject": jsonata(f"'Statline backup in {names.region}: ' & $outcome"),
                "Message": jsonata(
                    "'Backup ' & $id & ' (' & $kind & ') ended as ' & $outcome & ': ' & $words & $remarks"
                ),
            },
            "Retry": [PATIENTLY],
            "Catch": [passed_over(to="Announce")],
            "Next": "Announce",
        },
        "Announce": {
            "Type": "Task",
            "Resource": "arn:aws:states:::events:putEvents",
            "Arguments": {
                "Entries": [
                    {
                        "EventBusName": names.bus,
                        "Source": "statline.backup",
                        "DetailType": "Backup Ended",
                        "Detail": {
                            "region": names.region,
                            "backup": jsonata("$id"),
                            "kind": jsonata("$kind"),
                            "outcome": jsonata("$outcome"),
                            "words": jsonata("$words & $remarks"),
                            "execution": jsonata("$states.context.Execution.Name"),
                        },
                    }
                ]
            },
            "Retry": [PATIENTLY],
            "Catch": [passed_over(to="EndAs")],
            "Next": "EndAs",
        },
    }
