"""Where the SMS function's parts are put together, once per cold start."""

import os
from collections.abc import Iterator
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.entrance import ChannelEntrance
from functions.core.adapters.channel.wiring import channel_entrance
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.providers.twilio_account import TwilioSecret
from functions.core.domain.ports.delivering import Provider
from functions.sms.end_user_messaging import EndUserMessaging, client
from functions.sms.settings import SmsSettings
from functions.sms.twilio import Twilio
from functions.sms.twilio_client import TwilioClient
from statline.contract.words import Channel


@cache
def wire() -> ChannelEntrance:
    """The entrance of the SMS queues. Raises `MisconfiguredError`."""
    settings = read_settings(SmsSettings, os.environ)
    return channel_entrance(channel=Channel.SMS, providers=tuple(_providers(settings)), settings=settings)


def _providers(settings: SmsSettings) -> Iterator[Provider]:
    """The providers of texts, the preferred one first."""
    yield EndUserMessaging(client(), settings, utc_now)
    if settings.twilio is not None:
        secret = TwilioSecret(create_client("secretsmanager"), settings.twilio.secret, utc_now)
        yield Twilio(TwilioClient(settings.twilio.endpoint), secret, settings.twilio, utc_now)
