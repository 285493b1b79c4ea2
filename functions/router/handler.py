"""The router's entry point: a batch of an ingress queue."""

from typing import Any

from functions.router.entrance import BatchAnswer
from functions.router.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Route the messages and answer which of them are to stay on their queue."""
    return wire()(event["Records"])
