"""The environment of the function that looks for the oldest outstanding delivery."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel


class OutstandingSettings(Settings):
    """Where it looks, and its own queue.

    ticks_queue: the URL of the queue that it sends itself the minute's looks through, one each ten seconds.
    channels: those that the region has.
    """

    state_table: str
    ticks_queue: str
    channels: tuple[Channel, ...]
