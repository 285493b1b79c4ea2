"""Attributes that the CloudFormation reference documents and the emulator's own types lack.

Each is a property that the template gave, or a fixed text.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]

# Type → attribute → the property that holds its value.
FROM_PROPERTIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "AWS::EC2::VPC": {"CidrBlock": "CidrBlock"},
        "AWS::EC2::Subnet": {
            "AvailabilityZone": "AvailabilityZone",
            "CidrBlock": "CidrBlock",
            "VpcId": "VpcId",
        },
        "AWS::EC2::SecurityGroup": {"VpcId": "VpcId"},
    }
)


def _completed(attributes: Mapping[str, str], provision: Callable[..., Provisioned], at: int) -> Callable[..., Any]:
    """Wrap a create or update handler, whose properties are its argument number `at`."""

    def provision_completed(*arguments: Any) -> Provisioned:
        physical_id, given = provision(*arguments)
        properties = arguments[at]
        missing = {name: properties[key] for name, key in attributes.items() if key in properties}
        return physical_id, {**missing, **given}

    return provision_completed


def install() -> None:
    """Add the attributes to what creating and updating such a resource returns."""
    for resource_type, attributes in FROM_PROPERTIES.items():
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        handler["create"] = _completed(attributes, handler["create"], 1)
        if "update" in handler:
            handler["update"] = _completed(attributes, handler["update"], 2)
