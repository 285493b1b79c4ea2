"""`AWS/States`: how the executions of each state machine begin and end."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.services import stepfunctions

from local.emulator.figures import tallies

_NAMESPACE = "AWS/States"
_BY_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "RUNNING": "ExecutionsStarted",
        "SUCCEEDED": "ExecutionsSucceeded",
        "FAILED": "ExecutionsFailed",
        "TIMED_OUT": "ExecutionsTimedOut",
        "ABORTED": "ExecutionsAborted",
    }
)


def _count(execution: Mapping[str, Any]) -> None:
    name = _BY_STATUS.get(execution["status"])
    machine = str(execution["stateMachineArn"])
    _arn, _aws, _states, region, account, _machine = machine.split(":", 5)
    if name:
        tallies.add(_NAMESPACE, name, 1, {"StateMachineArn": machine}, scope=(account, region))


def _with_figures(tell: Callable[[Mapping[str, Any]], None]) -> Callable[[Mapping[str, Any]], None]:
    def tell_and_count(execution: Mapping[str, Any]) -> None:
        _count(execution)
        tell(execution)

    return tell_and_count


def install() -> None:
    """Count every change of an execution's status."""
    stepfunctions._emit_execution_status_event = _with_figures(stepfunctions._emit_execution_status_event)
