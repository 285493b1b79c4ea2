"""The virtual pager's entry point: Amazon Connect's contact flow, at each step of a call to a line."""

from typing import Any

from functions.virtual_pager.conversation import Answer, Details
from functions.virtual_pager.wiring import wire


def handle(event: dict[str, Any], _context: object) -> Answer:
    """Answer one step. What it raises, the flow tells the caller as not confirmed."""
    return wire()(Details.model_validate(event["Details"]))
