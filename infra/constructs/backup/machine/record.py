"""The backup's record in the table, as the workflow writes it: before each act, so that a killed one leaves a trail.

DynamoDB's own integration is used, whose attributes have DynamoDB's own names and types.
"""

from collections.abc import Mapping
from typing import Any

from functions.core.domain.backup.record import Step
from infra.constructs.backup.machine.states import PATIENTLY, BackupNames, State, jsonata

PARTITION = "BACKUP"
CONDITION_FAILED = "DynamoDB.ConditionalCheckFailedException"

# Each write of the record answers what stands in it, so that each reads whether somebody has asked to cancel.
CANCELLED_BY = jsonata(
    "$exists($states.result.Attributes.cancel_asked_by) ? $states.result.Attributes.cancel_asked_by.S : ''"
)


def text(expression: str) -> Any:
    """A string attribute, from a JSONata expression."""
    return {"S": jsonata(expression)}


def number(expression: str) -> Any:
    """A number attribute, from a JSONata expression."""
    return {"N": jsonata(f"$string({expression})")}


def on_table(action: str, names: BackupNames, arguments: Mapping[str, Any]) -> State:
    """A call of DynamoDB on the table of backups, tried again where it fails."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::dynamodb:{action}",
        "Arguments": {"TableName": names.table, **arguments},
        "Retry": [
            # Trying again cannot change this answer.
            {"ErrorEquals": [CONDITION_FAILED], "MaxAttempts": 0},
            PATIENTLY,
        ],
    }


def key_of(backup: str) -> State:
    """The key of a record, from a JSONata expression of the backup's id."""
    return {"pk": {"S": PARTITION}, "sk": text(backup)}


def written(
    names: BackupNames,
    values: Mapping[str, Any],
    *,
    of: str = "$id",
    without: tuple[str, ...] = (),
) -> State:
    """Set attributes of a record, and take others out. The answer is the whole record.

    A record that retention or a person has removed is not made anew: an update would leave a torso of one.
    """
    changed = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
    removed = " REMOVE " + ", ".join(f"#{name}" for name in without) if without else ""
    return on_table(
        "updateItem",
        names,
        {
            "Key": key_of(of),
            "UpdateExpression": changed + removed,
            "ConditionExpression": "attribute_exists(pk)",
            # Half of these names are words of DynamoDB's own.
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *without)},
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
            "ReturnValues": "ALL_NEW",
        },
    )


def noted(names: BackupNames, step: Step, values: Mapping[str, Any] | None = None, *, then: str, catch: State) -> State:
    """Write that a step begins, and the names of what it will make. The step's own clock starts with it."""
    return {
        **written(
            names,
            {"step": {"S": step.value}, "step_at": text("$now()"), **(values or {})},
            without=("progress",),
        ),
        "Assign": {"begun": jsonata("$millis()"), "progress": -1, "cancelled_by": CANCELLED_BY},
        "Catch": [catch],
        "Next": then,
    }
