"""The SMS function's environment."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from functions.core.adapters.environment import Settings
from statline.contract.words import Channel, Priority


class TwilioSettings(BaseModel):
    """Twilio, the second provider of texts.

    secret: the ARN of the secret: a JSON object with ``account_sid`` and ``auth_token``.
    originations: the number (E.164) or messaging service (MG...) of each lane; stat has its own.
    status_callback: the URL that receipts come to; the delivery's names are added as its query.
    endpoint: Twilio's address, without a path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: str
    originations: dict[Priority, str]
    status_callback: str
    endpoint: str = "https://api.twilio.com"


class SmsSettings(Settings):
    """Where the SMS function reads and writes.

    channel_queues: the queue's URL, by channel and lane: its own, and the other channels' for a stat's next way.
    originations: the origination identity (ARN or id of a phone number or pool) of each lane; stat has its own.
    configuration_set: the End User Messaging configuration set whose events are the receipts.
    lines: the origination identity of each number that people outside text to, so that an answer comes from it.
    escalation_queue: where an activation is looked at again whose delivery failed.
    receipt_deadlines_queue: where an accepted stat waits for its receipt.
    twilio: the second provider; None where the region has none.
    """

    state_table: str
    escalation_queue: str
    channel_queues: dict[Channel, dict[Priority, str]]
    originations: dict[Priority, str]
    configuration_set: str
    lines: Mapping[str, str] = {}
    receipt_deadlines_queue: str
    twilio: TwilioSettings | None = None
