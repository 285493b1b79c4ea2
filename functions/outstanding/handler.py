"""The entry point of the function that looks for the oldest outstanding delivery."""

from typing import Any

from functions.outstanding.entrance import BatchAnswer
from functions.outstanding.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Take up a minute's event, or ticks."""
    return wire()(event)
