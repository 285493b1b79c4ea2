"""EventBridge Scheduler puts the moment of a call into its input, where the schedule asks for it.

The emulator hands the input on as it is written. Its schedules go by UTC, whatever zone they name.
"""

from datetime import UTC, datetime
from typing import Any

from ministack.services import eventbridge

SCHEDULER = "aws.scheduler"
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
_invoke = eventbridge._invoke_target


def _filled_in(target: dict[str, Any], moment: float) -> dict[str, Any]:
    """The target with the minute in which it is called: a schedule's times have no seconds."""
    scheduled = datetime.fromtimestamp(moment // 60 * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return target | {"Input": target["Input"].replace(SCHEDULED_TIME, scheduled)}


def _invoke_target(target: dict[str, Any], event: dict[str, Any], rule: Any, view: Any = None) -> Any:
    scheduled = event.get("Source") == SCHEDULER and SCHEDULED_TIME in target.get("Input", "")
    return _invoke(_filled_in(target, event["Time"]) if scheduled else target, event, rule, view)


def install() -> None:
    """Fill the moment in."""
    eventbridge._invoke_target = _invoke_target
