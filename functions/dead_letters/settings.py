"""The dead-letter function's environment."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class DeadLettersSettings(Settings):
    """Where a dead stat goes on: the other channels' queues, its record, and the quarantine that keeps the letter."""

    state_table: str
    channel_queues: dict[Channel, dict[Priority, str]]
    quarantine_queue: str
