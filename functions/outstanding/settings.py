"""The environment of the function that looks for the oldest outstanding delivery."""

from collections.abc import Mapping

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel


class OutstandingSettings(Settings):
    """Where it looks, and its own queue.

    ticks_queue: the URL of the queue that it sends itself the minute's looks through, one each ten seconds.
    channels: those that the region has.
    providers: of each channel that has several, their names: which of them are demoted is told as well.
    """

    state_table: str
    ticks_queue: str
    channels: tuple[Channel, ...]
    providers: Mapping[Channel, tuple[str, ...]] = {}
