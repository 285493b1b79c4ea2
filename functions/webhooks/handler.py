"""The webhooks' entry point: one request of the HTTP API."""

from typing import Any

from functions.webhooks.entrance import HttpAnswer
from functions.webhooks.wiring import wire


def handle(event: dict[str, Any], _context: object) -> HttpAnswer:
    """Answer the request."""
    return wire()(event)
