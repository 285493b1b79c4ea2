"""Secrets that a template refers to by their ARN.

`Ref` of a secret is its ARN on AWS, and policies name it so. The emulator answers the secret's name instead, which no
policy's resource matches.
"""

from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::SecretsManager::Secret"


def _name_of(arn: str) -> str:
    """Return the name under which the emulator keeps the secret."""
    for name, secret in secretsmanager._secrets.items():
        if secret["ARN"] == arn:
            return str(name)
    return arn


def install() -> None:
    """Make the ARN a secret's physical id."""
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    create, update, delete = handler["create"], handler["update"], handler["delete"]

    def create_with_arn(*arguments: Any) -> tuple[str, dict[str, Any]]:
        _, attributes = create(*arguments)
        return attributes["Arn"], attributes

    def update_with_arn(physical_id: str, *arguments: Any, **named: Any) -> Any:
        answer = update(_name_of(physical_id), *arguments, **named)
        if not isinstance(answer, tuple):
            return answer
        _, attributes = answer
        return attributes.get("Arn", physical_id), attributes

    def delete_with_arn(physical_id: str, properties: Any) -> Any:
        return delete(_name_of(physical_id), properties)

    handler.update(create=create_with_arn, update=update_with_arn, delete=delete_with_arn)
