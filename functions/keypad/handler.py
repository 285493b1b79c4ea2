"""The keypad's entry point: a key pressed on a call, told by Amazon Connect's contact flow."""

from typing import Any

from functions.keypad.wiring import wire


def handle(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Take the answer down, and answer what the flow says."""
    return wire()(event)
