"""Where the push function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.channel.entrance import ChannelEntrance
from functions.core.adapters.channel.wiring import channel_entrance
from functions.core.adapters.clock import utc_now
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.address_book import QueuedAddressBook
from functions.push.fcm import Fcm
from functions.push.fcm_client import client
from functions.push.settings import PushSettings
from statline.contract.words import Channel


@cache
def wire() -> ChannelEntrance:
    """The entrance of the push queues. Raises `MisconfiguredError`."""
    settings = read_settings(PushSettings, os.environ)
    secret = create_client("secretsmanager").get_secret_value(SecretId=settings.fcm_secret)
    return channel_entrance(
        channel=Channel.PUSH,
        providers=(Fcm(client(secret["SecretString"], settings.fcm_endpoint), utc_now),),
        settings=settings,
        address_book=QueuedAddressBook(create_client("sqs"), settings.directory_changes_queue),
    )
