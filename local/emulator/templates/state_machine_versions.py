"""Versions and aliases of state machines in templates: the emulator's API has them, its CloudFormation refuses them."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]
_FIRST_ERROR = 400


def _call(resource_type: str, action: Callable[[Properties], Any], request: Properties) -> dict[str, Any]:
    status, _headers, body = action(request)
    answer: dict[str, Any] = json.loads(body)
    if status >= _FIRST_ERROR:
        message = f"{resource_type}: {answer.get('message', answer)}"
        raise ValueError(message)
    return answer


def _create_version(_logical_id: str, props: Properties, _stack_name: str) -> Provisioned:
    request = {"stateMachineArn": props["StateMachineArn"], "description": props.get("Description", "")}
    answer = _call("AWS::StepFunctions::StateMachineVersion", stepfunctions._publish_state_machine_version, request)
    arn = answer["stateMachineVersionArn"]
    return arn, {"Arn": arn}


def _update_version(_physical_id: str, _old: Properties, new: Properties, stack_name: str) -> Provisioned:
    return _create_version("", new, stack_name)


def _delete_version(physical_id: str, _props: Properties) -> None:
    stepfunctions._delete_state_machine_version({"stateMachineVersionArn": physical_id})


def _routing(props: Properties) -> list[dict[str, Any]]:
    """Return where the alias leads. A gradual `DeploymentPreference` is done at once: nothing is watched meanwhile."""
    gradual = props.get("DeploymentPreference")
    if gradual:
        return [{"stateMachineVersionArn": gradual["StateMachineVersionArn"], "weight": 100}]
    return [
        {"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
        for route in props["RoutingConfiguration"]
    ]


def _create_alias(logical_id: str, props: Properties, _stack_name: str) -> Provisioned:
    request = {
        "name": props.get("Name", logical_id),
        "description": props.get("Description", ""),
        "routingConfiguration": _routing(props),
    }
    answer = _call("AWS::StepFunctions::StateMachineAlias", stepfunctions._create_state_machine_alias, request)
    arn = answer["stateMachineAliasArn"]
    return arn, {"Arn": arn}


def _update_alias(physical_id: str, _old: Properties, new: Properties, _stack_name: str) -> Provisioned:
    request = {"stateMachineAliasArn": physical_id, "routingConfiguration": _routing(new)}
    _call("AWS::StepFunctions::StateMachineAlias", stepfunctions._update_state_machine_alias, request)
    return physical_id, {"Arn": physical_id}


def _delete_alias(physical_id: str, _props: Properties) -> None:
    stepfunctions._delete_state_machine_alias({"stateMachineAliasArn": physical_id})


def install() -> None:
    """Accept both types, backed by the emulator's own versions and aliases."""
    provisioners._RESOURCE_HANDLERS.update(
        {
            "AWS::StepFunctions::StateMachineVersion": {
                "create": _create_version,
                "update": _update_version,
                "delete": _delete_version,
            },
            "AWS::StepFunctions::StateMachineAlias": {
                "create": _create_alias,
                "update": _update_alias,
                "delete": _delete_alias,
            },
        }
    )
