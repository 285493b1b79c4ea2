"""Executions of state machines that end when they are stopped, and act as their role.

In the emulator a stopped execution goes on inside of a map or a retry, and an error that comes later makes it failed.
It also calls AWS as the account's root: a right that its role lacks would be missed on AWS only. And one that was under
way when the cloud stopped counts as failed, but nobody hears of it.
"""

import contextvars
import uuid
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import stepfunctions, sts

from local.emulator.rds import trail
from local.emulator.unique_ids import role_id

Execution = dict[str, Any]
_RUNNING, _ABORTED = "RUNNING", "ABORTED"
_SERVICE = "states.amazonaws.com"
_current: contextvars.ContextVar[Execution | None] = contextvars.ContextVar("statline_execution", default=None)
_key: contextvars.ContextVar[str] = contextvars.ContextVar("statline_execution_key", default="")


class StoppedError(Exception):
    """The execution that this thread works for has been stopped."""


def _in_its_role(run: Callable[[str], None]) -> Callable[[str], None]:
    def run_in_role(arn: str) -> None:
        execution = stepfunctions._executions.get(arn)
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
        if machine is not None:
            _current.set(execution)
            _assume(machine["roleArn"])
        run(arn)

    return run_in_role


def _assume(role_arn: str) -> None:
    account, role, session = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1], uuid.uuid4().hex
    key = f"ASIA{session[:16].upper()}"
    identity = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "UserId": f"{role_id(role)}:{session}",
        "SecretAccessKey": session,
        "SessionToken": session,
    }
    sts.register_session(key, identity)
    _key.set(key)
    trail.as_role(role_arn, session, _SERVICE)


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


def _with_rights(call: Callable[..., Any]) -> Callable[..., Any]:
    """Ask IAM before an execution's call: as AWS does, for the role of its state machine."""

    def call_with_rights(handler: Any, *request: Any) -> Any:
        refused = _refusal(*request[:5]) if _key.get() else None
        return call(handler, *request) if refused is None else refused

    return call_with_rights


def _refusal(method: str, path: str, headers: dict[str, str], content: Any, query: dict[str, Any]) -> Any:
    body = content.encode() if isinstance(content, str) else content
    service = headers["host"].split(".")[0]
    parameters = app._routing_params(method, path, headers, body, query)
    action = iam_actions.extract_iam_action(service, method, path, headers, body, parameters)
    if action is None:
        return None
    place = (get_region(), get_account_id())
    arn = iam_actions.extract_resource_arn(service, method, path, headers, body, parameters, *place)
    denied = _ask(action, service, arn, iam_actions.request_tag_context(service, action, body, parameters))
    if denied is None:
        return None
    explicit = denied.decision == "Deny"
    return iam_actions.access_denied_response(
        service, action, denied.principal_arn, "", headers=headers, resource_arn=arn, explicit_deny=explicit
    )


def _ask(action: str, service: str, arn: str, context: dict[str, Any]) -> Any:
    return iam_evaluator.enforce(_key.get(), action, service, get_region(), resource_arn=arn, service_context=context)


def _invoked_with_rights(call_lambda: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def call_with_rights(reference: str, event: Any) -> Any:
        if _key.get():
            arn = reference if reference.startswith("arn:") else _arn_of(reference)
            denied = _ask("lambda:InvokeFunction", "lambda", arn, {})
            if denied is not None:
                said = f"{denied.principal_arn} is not authorized to perform: lambda:InvokeFunction on resource: {arn}"
                raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", said)
        return call_lambda(reference, event)

    return call_with_rights


def _arn_of(reference: str) -> str:
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{reference}"


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
    """Stop what is stopped, and act in the role."""
    stepfunctions._run_execution = _in_its_role(stepfunctions._run_execution)
    stepfunctions._fail_execution = _once(stepfunctions._fail_execution)
    stepfunctions._add_event = _closed(stepfunctions._add_event)
    stepfunctions._scaled_sleep = _until_stopped(stepfunctions._scaled_sleep)
    stepfunctions._invoke_resource = _until_stopped(stepfunctions._invoke_resource)
    stepfunctions._call_lambda = _invoked_with_rights(stepfunctions._call_lambda)
    stepfunctions.load_persisted_state = _telling_of_the_lost(stepfunctions.load_persisted_state)
    app.call_service_handler_sync = _with_rights(app.call_service_handler_sync)
