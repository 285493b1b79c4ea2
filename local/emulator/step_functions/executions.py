"""Executions of state machines that end when they are stopped.

In the emulator a stopped execution goes on inside of a map or a retry, and an error that comes later makes it failed.
And one that was under way when the cloud stopped counts as failed, but nobody hears of it.
"""

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import stepfunctions

Execution = dict[str, Any]
_RUNNING, _ABORTED = "RUNNING", "ABORTED"
_current: contextvars.ContextVar[Execution | None] = contextvars.ContextVar("statline_execution", default=None)


class StoppedError(Exception):
    """The execution that this thread works for has been stopped."""


def _remembered(run: Callable[[str], None]) -> Callable[[str], None]:
    def run_remembered(arn: str) -> None:
        _current.set(stepfunctions._executions.get(arn))
        run(arn)

    return run_remembered


def _require_running() -> None:
    execution = _current.get()
    if execution is not None and execution["status"] != _RUNNING:
        raise StoppedError(execution["executionArn"])


def _until_stopped(step: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap what an execution does over and over: once it is stopped, it does not begin that, nor go on after it."""

    def step_unless_stopped(*arguments: Any, **named: Any) -> Any:
        _require_running()
        answer = step(*arguments, **named)
        _require_running()
        return answer

    return step_unless_stopped


def _closed(add_event: Callable[..., None]) -> Callable[..., None]:
    """The history of a stopped execution ends with that it was stopped."""

    def add_unless_stopped(execution: Execution, event_type: str, *details: Any) -> None:
        if execution["status"] != _ABORTED or event_type == "ExecutionAborted":
            add_event(execution, event_type, *details)

    return add_unless_stopped


def _once(fail: Callable[[Execution, str, str], None]) -> Callable[[Execution, str, str], None]:
    def fail_if_running(execution: Execution, error: str, cause: str) -> None:
        if execution["status"] == _RUNNING:
            fail(execution, error, cause)

    return fail_if_running


def _telling_of_the_lost(load: Callable[[Any], None]) -> Callable[[Any], None]:
    """Executions that were under way when the cloud stopped end as aborted, and the bus is told."""

    def load_and_tell(data: Any) -> None:
        stores = (data or {}).get("executions")
        lost = [] if stores is None else [(key, one) for key, one in stores.all_items() if one["status"] == _RUNNING]
        load(data)
        for (account, region, _arn), execution in lost:
            execution.update(status=_ABORTED, error="", cause="The laptop cloud was stopped")
            with request_scope(account, region):
                stepfunctions._emit_execution_status_event(execution)

    return load_and_tell


def install() -> None:
    """Stop what is stopped, and tell of what is lost."""
    stepfunctions._run_execution = _remembered(stepfunctions._run_execution)
    stepfunctions._fail_execution = _once(stepfunctions._fail_execution)
    stepfunctions._add_event = _closed(stepfunctions._add_event)
    stepfunctions._scaled_sleep = _until_stopped(stepfunctions._scaled_sleep)
    stepfunctions._invoke_resource = _until_stopped(stepfunctions._invoke_resource)
    stepfunctions.load_persisted_state = _telling_of_the_lost(stepfunctions.load_persisted_state)
