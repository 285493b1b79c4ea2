"""The receipts function's entry point: a batch of the receipts queue."""

from typing import Any

from functions.receipts.entrance import BatchAnswer
from functions.receipts.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Take up receipts, replies and the app's words, and answer which are to stay on their queue."""
    return wire()(event["Records"])
