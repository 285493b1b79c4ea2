"""The environment of the webhooks."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class WebhooksSettings(Settings):
    """What a callback is checked with, and where it goes.

    twilio_secret: the ARN of the secret: a JSON object with ``account_sid`` and ``auth_token``.
    public_url: how Twilio addresses us, without a path; empty: the address that the request itself came to. A
        signature covers the whole URL, so it must be the one that Twilio was told.
    channels: the ones that the region has: whether a caller's page reaches somebody depends on it.
    """

    receipts_queue: str
    directory_table: str
    ingress_queues: dict[Priority, str]
    channels: tuple[Channel, ...]
    twilio_secret: str
    public_url: str = ""
