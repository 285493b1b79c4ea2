"""The environment of the keypad function."""

from functions.core.adapters.environment import Settings


class KeypadSettings(Settings):
    """Where a key's answer goes. Amazon Connect's contact flow calls the function and speaks what it says.

    receipts_queue: where it is told that a person was on the call.
    """

    state_table: str
    escalation_queue: str
    receipts_queue: str
