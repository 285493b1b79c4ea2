"""The router's Lambda entry point."""

import os
from typing import Any

from functions.router.entrance import BatchAnswer
from functions.router.wiring import wire

_route = wire(os.environ)


def handle(event: dict[str, Any], _: object) -> BatchAnswer:
    """Route a batch of an ingress queue; messages that could not be routed yet stay on it."""
    return _route(event["Records"])
