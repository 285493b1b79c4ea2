"""The words that the backup workflow's states are written in: JSONata in the Amazon States Language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.core.domain.backup.record import BackupOutcome

State = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupNames:
    """What the workflow is told of its surroundings.

    alarms: those that must all be at rest when a backup starts, and none of which may speak while it runs.
    table: of the records. key: the ARN of the key that encrypts copies and exports. bucket: for exports and dumps.
    checks, dump, upkeep: the functions' ARNs.
    restore_class, restore_subnets, restore_group: of the instance that a copy is restored to.
    far_region: where copies go besides; None: nowhere.
    """

    region: str
    primary: str
    replica: str
    alarms: Sequence[str]
    topic: str
    bus: str
    table: str
    key: str
    bucket: str
    export_role: str
    checks: str
    dump: str
    upkeep: str
    restore_class: str
    restore_subnets: str
    restore_group: str
    far_region: str | None
    most_lag_seconds: int
    longest_minutes: int
    poll_seconds: int


PATIENTLY: State = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 3,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}

# RDS and DynamoDB put their reason into the cause as it is; a function's cause is a document with the reason in it.
_REASON = (
    "($e := $states.errorOutput;"
    " $cause := $exists($e.Cause) ? $string($e.Cause) : '';"
    r""" $plain := $replace($replace($cause, '\\n', ' '), '\\\"', "'");"""
    r' $found := $match($plain, /"errorMessage": ?"([^"]*)/);'
    " $reason := $count($found) > 0 ? $found[0].groups[0] : $cause;"
    " $e.Error & ($reason = '' ? '' : ': ' & $substring($reason, 0, 300)))"
)


def jsonata(expression: str) -> str:
    """The expression, marked as one."""
    return f"{{% {expression} %}}"


def call(action: str, arguments: Mapping[str, Any]) -> State:
    """A call of an AWS service, tried again where it fails."""
    return {**call_once(action, arguments), "Retry": [PATIENTLY]}


def call_once(action: str, arguments: Mapping[str, Any]) -> State:
    """A call of an AWS service whose failing is an answer."""
    return {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:{action}", "Arguments": dict(arguments)}


def invoke(function: str, payload: Mapping[str, Any]) -> State:
    """A call of one of our functions, tried again where it fails: each of them may run twice."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": dict(payload)},
        "Retry": [PATIENTLY],
    }


def caught(outcome: BackupOutcome, words: str, *, to: str) -> State:
    """What every error leads to: the outcome, and the words with the error's name and reason behind them."""
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"outcome": outcome.value, "words": jsonata(f"{words} & ': ' & {_REASON}")},
        "Next": to,
    }


def remarked(words: str, *, to: str) -> State:
    """What an error leads to that must not end the backup: a remark, which its end tells on-call."""
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"remarks": jsonata(f"$remarks & '; ' & {words} & ': ' & {_REASON}")},
        "Next": to,
    }


def passed_over(*, to: str) -> State:
    """An error that changes nothing: what was asked is asked again, or is told another way."""
    return {"ErrorEquals": ["States.ALL"], "Next": to}


def verdict(condition: str, outcome: BackupOutcome, words: str, *, to: str) -> State:
    """A branch of a choice that decides how the backup ends. words: a JSONata expression of a text."""
    return {
        "Condition": jsonata(condition),
        "Assign": {"outcome": outcome.value, "words": jsonata(words)},
        "Next": to,
    }


def branch(condition: str, *, to: str) -> State:
    """A branch of a choice that decides nothing."""
    return {"Condition": jsonata(condition), "Next": to}
