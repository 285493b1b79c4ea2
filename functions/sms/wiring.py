"""Where the SMS function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.channel_entrance import ChannelEntrance
from functions.core.adapters.channel_wiring import channel_entrance
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.sms.end_user_messaging import EndUserMessaging, client
from functions.sms.settings import SmsSettings
from statline.contract.words import Channel


@cache
def wire() -> ChannelEntrance:
    """The entrance of the SMS queues. Raises `MisconfiguredError`."""
    settings = read_settings(SmsSettings, os.environ)
    return channel_entrance(
        channel=Channel.SMS,
        provider=EndUserMessaging(client(), settings, utc_now),
        state_table=settings.state_table,
        channel_queues=settings.channel_queues,
    )
