"""The entry point of the function that waits for receipts: a batch of deadlines that have struck."""

from typing import Any

from functions.core.adapters.channel.entrance import BatchAnswer
from functions.late_receipts.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Look up what is still without its receipt, and answer which messages are to come again."""
    return wire()(event["Records"])
