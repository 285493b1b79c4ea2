"""The backup checks' entry point: the workflow calls it around the snapshot, and once there is a restored copy.

{"operation": "facts", "backup": id, "moment": "before"}                     -> {"tables": 12}
{"operation": "check", "backup": id, "run": id, "host": name, "port": 5432}  -> {"passed": false, "words": "...",
                                                          "checks": [{"name": "...", "passed": true, "words": "..."}]}
"""

from collections.abc import Callable
from typing import Any

from functions.backup_checks.calls import CALLS, CheckCall, FactsCall
from functions.backup_checks.wiring import Parts, wire
from functions.core.adapters.backup.calls import read_call
from functions.core.domain.backup.verdicts import summary

_FOR_THE_ANSWER = 15.0
"""Seconds that are kept for writing down what was found."""


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One call. The name of the exception type that it may end with is the error's name in the workflow."""
    call = read_call(CALLS, event)

    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000 - _FOR_THE_ANSWER

    match call:
        case FactsCall():
            return _facts(wire(), call, left)
        case CheckCall():
            return _check(wire(), call, left)


def _facts(parts: Parts, call: FactsCall, left: Callable[[], float]) -> dict[str, Any]:
    with parts.facts(left) as note:
        return {"tables": note(call.backup, call.moment)}


def _check(parts: Parts, call: CheckCall, left: Callable[[], float]) -> dict[str, Any]:
    with parts.check(call.host, call.port, left) as check:
        rows = check(call.backup, call.run)
    return {
        "passed": all(row.passed for row in rows),
        "words": summary(rows),
        "checks": [{"name": row.name, "passed": row.passed, "words": row.words} for row in rows],
    }
