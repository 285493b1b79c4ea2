"""Executions of state machines in their role.

The emulator lets them call AWS as the account's root: a right that the role lacks would be missed on AWS only.
"""

import contextvars
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions, sts

from local.emulator.permissions.unique_ids import role_id
from local.emulator.rds import trail

_SERVICE = "states.amazonaws.com"
_key: contextvars.ContextVar[str] = contextvars.ContextVar("statline_execution_key", default="")


def _in_its_role(run: Callable[[str], None]) -> Callable[[str], None]:
    def run_in_role(arn: str) -> None:
        execution = stepfunctions._executions.get(arn)
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
        if machine is not None:
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


def _asked_with_rights(resource: str, integrate: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Wrap an integration that calls the service past its door."""
    service, action = resource.rsplit(":", 2)[1:]

    def integrate_with_rights(full_resource: str, arguments: Any) -> Any:
        arn = _TOUCHED[service](arguments) if _key.get() and service in _TOUCHED else ""
        permitted = f"{service}:{action[0].upper()}{action[1:]}"
        denied = _ask(permitted, service, arn, {}) if arn else None
        if denied is not None:
            said = f"{denied.principal_arn} is not authorized to perform: {permitted} on resource: {arn}"
            raise stepfunctions._ExecutionError(f"{_ERRORS[service]}.AccessDeniedException", said)
        return integrate(full_resource, arguments)

    return integrate_with_rights


def _local_arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _bus_of(arguments: dict[str, Any]) -> str:
    name = str(arguments["Entries"][0].get("EventBusName", "default"))
    return name if name.startswith("arn:") else _local_arn("events", f"event-bus/{name}")


def _table_of(arguments: dict[str, Any]) -> str:
    name = str(arguments["TableName"])
    return name if name.startswith("arn:") else _local_arn("dynamodb", f"table/{name}")


_TOUCHED: Mapping[str, Callable[[dict[str, Any]], str]] = MappingProxyType(
    {"dynamodb": _table_of, "events": _bus_of, "sns": lambda arguments: str(arguments.get("TopicArn", ""))}
)
"""What a call of an optimised integration touches, by its service."""
_ERRORS: Mapping[str, str] = MappingProxyType({"dynamodb": "DynamoDB", "events": "EventBridge", "sns": "SNS"})


def _arn_of(reference: str) -> str:
    return _local_arn("lambda", f"function:{reference}")


def install() -> None:
    """Act in the role."""
    stepfunctions._run_execution = _in_its_role(stepfunctions._run_execution)
    stepfunctions._call_lambda = _invoked_with_rights(stepfunctions._call_lambda)
    for resource, integrate in dict(stepfunctions._SERVICE_DISPATCH).items():
        stepfunctions._SERVICE_DISPATCH[resource] = _asked_with_rights(resource, integrate)
    app.call_service_handler_sync = _with_rights(app.call_service_handler_sync)
