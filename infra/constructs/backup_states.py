"""The words that the backup workflow's states are written in: JSONata in the Amazon States Language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

State = dict[str, Any]
SNAPSHOT_PREFIX = "statline-backup-"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupNames:
    """What the workflow is told of its surroundings. alarms: those that must all be at rest when a backup starts."""

    region: str
    primary: str
    replica: str
    alarms: Sequence[str]
    topic: str
    bus: str
    most_lag_seconds: int
    longest_minutes: int


PATIENTLY: State = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 3,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}


def jsonata(expression: str) -> str:
    """The expression, marked as one."""
    return f"{{% {expression} %}}"


def call(action: str, arguments: Mapping[str, Any]) -> State:
    """A call of an AWS service, tried again where it fails."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:{action}",
        "Arguments": dict(arguments),
        "Retry": [PATIENTLY],
    }


def caught(outcome: str, words: str) -> State:
    """What every error leads to: the outcome, and the words with the error's name behind them."""
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"outcome": outcome, "words": jsonata(f"{words} & ': ' & $states.errorOutput.Error")},
        "Next": "TellOnCall",
    }
