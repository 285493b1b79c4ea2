"""HTTP APIs at the address that AWS gives them: a host of their own and no port.

The emulator names its own port in the address and leaves it out of what the function is told, so whoever signs for the
address as a template has it signs for another one than the function sees. Nobody resolves these hosts here: the
provider sandbox knows where they lead.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::ApiGatewayV2::Api"
Provisioned = tuple[str, dict[str, Any]]


def _address(api_id: str) -> str:
    return f"https://{api_id}.execute-api.{apigateway._HOST}"


def _without_port(provision: Callable[..., Provisioned]) -> Callable[..., Provisioned]:
    def provision_without_port(*arguments: Any, **settings: Any) -> Provisioned:
        api_id, attributes = provision(*arguments, **settings)
        apigateway._apis[api_id]["apiEndpoint"] = _address(api_id)
        return api_id, {**attributes, "ApiEndpoint": _address(api_id)}

    return provision_without_port


def install() -> None:
    """Leave the port out."""
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    handler["create"] = _without_port(handler["create"])
    handler["update"] = _without_port(handler["update"])
