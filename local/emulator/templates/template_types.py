"""CloudFormation types that the emulator refuses, accepted as records.

A table says what `Ref` and `Fn::GetAtt` give for each type, as the CloudFormation reference documents them; nothing
runs behind such a resource. What does run for them on the laptop is the provider sandbox (Connect, End User Messaging)
or nothing (a NAT gateway, a flow log). A type that is neither here nor in the emulator fails the deploy by its name:
add a row.
"""

import hashlib
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from local.sandbox.connect.flow_rules import FlowError, parse

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class RecordedType:
    """How a type that is only recorded answers `Ref` and `Fn::GetAtt`.

    `ref` and the attributes are format strings over `region`, `account`, `name` (the property `named_by`, or a name
    made from stack and logical id), `uuid`, `hex17`, `hex32`, `fictional` (a telephone number that nobody can have),
    `ref` (in attributes) and every property that is a string. All follow from stack and logical id: an update or a
    second deploy gives the same.
    """

    ref: str
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    named_by: str = ""
    refuses: Callable[[Properties], str] | None = None
    """What AWS would say against these properties; empty where it would say nothing."""


def _aws(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{{region}}:{{account}}:{resource}"


def _by_name(named_by: str, **attributes: str) -> RecordedType:
    return RecordedType("{name}", attributes, named_by)


def _by_arn(
    arn: str,
    *attributes: str,
    named_by: str = "",
    refuses: Callable[[Properties], str] | None = None,
    **others: str,
) -> RecordedType:
    return RecordedType(arn, {**dict.fromkeys(attributes, "{ref}"), **others}, named_by, refuses)


def _by_id(prefix: str, attribute: str) -> RecordedType:
    return RecordedType(f"{prefix}{{hex17}}", {attribute: "{ref}"})


def _flow_faults(properties: Properties) -> str:
    try:
        parse(properties["Content"])
    except FlowError as problem:
        return f"InvalidContactFlowException: {problem}"
    return ""


_CONNECT = _aws("connect", "instance/{uuid}")
_SMS = "sms-voice"

RECORDED: Mapping[str, RecordedType] = MappingProxyType(
    {
        "AWS::CodeDeploy::Application": _by_name("ApplicationName"),
        "AWS::CodeDeploy::DeploymentGroup": _by_name("DeploymentGroupName"),
        "AWS::Connect::ContactFlow": _by_arn(
            "{InstanceArn}/contact-flow/{uuid}", "ContactFlowArn", refuses=_flow_faults
        ),
        "AWS::Connect::Instance": _by_arn(
            _CONNECT, "Arn", Id="{uuid}", InstanceStatus="ACTIVE", CreatedTime="2026-01-01T00:00:00Z"
        ),
        "AWS::Connect::IntegrationAssociation": RecordedType("{uuid}", {"IntegrationAssociationId": "{ref}"}),
        "AWS::Connect::PhoneNumber": _by_arn(
            _aws("connect", "phone-number/{uuid}"), "PhoneNumberArn", Address="{fictional}"
        ),
        "AWS::EC2::FlowLog": _by_id("fl-", "Id"),
        "AWS::EC2::NatGateway": _by_id("nat-", "NatGatewayId"),
        "AWS::EC2::SecurityGroupEgress": _by_id("sgr-", "Id"),
        "AWS::EC2::SecurityGroupIngress": _by_id("sgr-", "Id"),
        "AWS::RDS::EventSubscription": _by_name("SubscriptionName"),
        "AWS::SMSVOICE::ConfigurationSet": _by_name("ConfigurationSetName", Arn=_aws(_SMS, "configuration-set/{ref}")),
        "AWS::SMSVOICE::PhoneNumber": RecordedType(
            "phone-{hex32}",
            {"Arn": _aws(_SMS, "phone-number/{ref}"), "PhoneNumberId": "{ref}", "PhoneNumber": "{fictional}"},
        ),
        "AWS::SMSVOICE::Pool": RecordedType("pool-{hex32}", {"Arn": _aws(_SMS, "pool/{ref}"), "PoolId": "{ref}"}),
        "AWS::SecretsManager::RotationSchedule": RecordedType("{SecretId}", {"Id": "{ref}"}),
    }
)


def _fictional_number(digest: str) -> str:
    """Return a number of the range that North America's numbering plan keeps for fiction: 555-0100 to 555-0199."""
    area = 200 + int(digest[:4], 16) % 700
    return f"+1{area}55501{int(digest[4:8], 16) % 100:02d}"


def _values(recorded: RecordedType, logical_id: str, props: Properties, stack_name: str) -> dict[str, str]:
    digest = hashlib.sha256(f"{get_account_id()}/{get_region()}/{stack_name}/{logical_id}".encode()).hexdigest()
    made_up = provisioners._physical_name(stack_name, logical_id, max_len=64)
    texts = {key: value for key, value in props.items() if isinstance(value, str)}
    return {
        **texts,
        "region": get_region(),
        "account": get_account_id(),
        "name": texts.get(recorded.named_by, made_up),
        "uuid": str(uuid.UUID(digest[:32])),
        "hex17": digest[:17],
        "hex32": digest[:32],
        "fictional": _fictional_number(digest),
    }


def _fill(resource_type: str, text: str, values: Mapping[str, str]) -> str:
    missing = [name for _, name, _, _ in string.Formatter().parse(text) if name and name not in values]
    if missing:
        message = f"{resource_type}: the property {', '.join(missing)} is missing."
        raise ValueError(message)
    return text.format_map(values)


def _record(resource_type: str, recorded: RecordedType) -> dict[str, Any]:
    def create(logical_id: str, props: Properties, stack_name: str) -> Provisioned:
        fault = recorded.refuses(props) if recorded.refuses else ""
        if fault:
            raise ValueError(f"{resource_type}: {fault}")
        values = _values(recorded, logical_id, props, stack_name)
        values["ref"] = _fill(resource_type, recorded.ref, values)
        attributes = {name: _fill(resource_type, text, values) for name, text in recorded.attributes.items()}
        return values["ref"], attributes

    def update(_physical_id: str, _old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
        return create(logical_id, new, stack_name)

    def delete(_physical_id: str, _props: Properties) -> None:
        return None

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def install() -> None:
    """Accept every type of the table; the emulator's own handlers stay where it has them."""
    for resource_type, recorded in RECORDED.items():
        provisioners._RESOURCE_HANDLERS.setdefault(resource_type, _record(resource_type, recorded))
