"""The events function's entry point: what happened, from the state table's stream to the region's event bus."""

from typing import Any

from functions.events.entrance import BatchAnswer
from functions.events.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Put a batch's events on the bus; answer the first row that is to come again, from which Lambda resumes."""
    return wire()(event["Records"])
