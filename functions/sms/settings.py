"""The SMS function's environment."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class SmsSettings(Settings):
    """Where the SMS function reads and writes.

    channel_queues: the queue's URL, by channel and lane: its own, and the other channels' for a stat's next way.
    originations: the origination identity (ARN or id of a phone number or pool) of each lane; stat has its own.
    configuration_set: the End User Messaging configuration set whose events are the receipts.
    """

    state_table: str
    channel_queues: dict[Channel, dict[Priority, str]]
    originations: dict[Priority, str]
    configuration_set: str
