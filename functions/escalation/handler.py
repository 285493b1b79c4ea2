"""The entry point of the function that climbs ladders: a batch of its queue, or the minute's event."""

from typing import Any

from functions.escalation.entrance import BatchAnswer
from functions.escalation.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Take the looks of a batch, or sweep."""
    return wire()(event)
