"""Where the voice function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.channel.entrance import ChannelEntrance
from functions.core.adapters.channel.wiring import channel_entrance
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.voice.connect import Connect, client
from functions.voice.settings import VoiceSettings
from statline.contract.words import Channel


@cache
def wire() -> ChannelEntrance:
    """The entrance of the voice queues. Raises `MisconfiguredError`."""
    settings = read_settings(VoiceSettings, os.environ)
    return channel_entrance(
        channel=Channel.VOICE,
        providers=(Connect(client(), settings, utc_now),),
        settings=settings,
    )
