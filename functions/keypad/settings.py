"""The environment of the keypad function."""

from functions.core.adapters.environment import Settings


class KeypadSettings(Settings):
    """Where a key's answer goes. Amazon Connect's contact flow calls the function and speaks what it says."""

    state_table: str
    escalation_queue: str
