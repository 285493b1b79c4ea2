"""The dead-letter function's environment."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class DeadLettersSettings(Settings):
    """Where a dead stat goes on: the other channels' queues, its record, and the quarantine that keeps the letter.

    escalation_queue: where an activation is looked at again whose delivery died.
    """

    state_table: str
    channel_queues: dict[Channel, dict[Priority, str]]
    quarantine_queue: str
    escalation_queue: str
