"""The roll call's entry point: EventBridge Scheduler at a shift's start, and its own queue for the report."""

from typing import Any

from functions.roll_call.rolls import Due, Report
from functions.roll_call.wiring import wire


def handle(event: dict[str, Any], _context: object) -> None:
    """Call a roll, or report. What it raises has Lambda try again: the schedule's call, or the queue's message."""
    rolls, log = wire()
    if "Records" not in event:
        called = rolls.call(Due.model_validate(event))
        log.called(called)
        return
    for record in event["Records"]:
        log.ended(rolls.end(Report.model_validate_json(record["body"])))
