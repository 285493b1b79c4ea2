"""SMS by AWS End User Messaging: the port `Provider` over ``SendTextMessage``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.providers.aws_provider import PROVIDER_CALLS, call_once
from functions.core.adapters.providers.calls import CallPool, KeptConnections
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Outcome
from functions.core.domain.ports.clock import Clock
from functions.sms.codes import CODES
from functions.sms.settings import SmsSettings

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_pinpoint_sms_voice_v2.type_defs import SendTextMessageRequestTypeDef

SHORTEST_LIFE = timedelta(seconds=5)
LONGEST_LIFE = timedelta(hours=72)
"""The bounds of ``TimeToLive``."""


def client() -> "PinpointSMSVoiceV2Client":
    """A client of this function's region that calls once."""
    return create_client("pinpoint-sms-voice-v2", PROVIDER_CALLS)


class EndUserMessaging:
    """Sends texts. A text has no idempotency token, so nothing here tries twice."""

    name = "sms"

    def __init__(self, client: "PinpointSMSVoiceV2Client", settings: SmsSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._calls = CallPool()
        self._connections = KeptConnections(client.close, clock)

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Send each delivery's text once and answer the outcomes in order."""
        self._connections.drop_idle()
        return self._calls.each(self._send_one, deliveries)

    def _send_one(self, delivery: Delivery) -> Outcome:
        request = text_message(delivery, self._settings, self._clock())
        return call_once(self._client.send_text_message, request, CODES, "MessageId")


def text_message(delivery: Delivery, settings: SmsSettings, now: datetime) -> "SendTextMessageRequestTypeDef":
    """The request for one delivery. The screen's body is the whole text, whose segments were counted.

    It comes from the number that the delivery names, where that is a line of this provider's, else from its lane's.
    ``Context`` comes back with every receipt and names the delivery's record. A rehearsed text is checked by the
    service, and neither sent nor charged.
    """
    left = min(max(delivery.expires_at - now, SHORTEST_LIFE), LONGEST_LIFE)
    request: SendTextMessageRequestTypeDef = {
        "DestinationPhoneNumber": delivery.address,
        "OriginationIdentity": settings.lines.get(delivery.sender, settings.originations[delivery.priority]),
        "ConfigurationSetName": settings.configuration_set,
        "MessageType": "TRANSACTIONAL",
        "MessageBody": delivery.screen.body,
        "TimeToLive": int(left.total_seconds()),
        "Context": {
            "statline_delivery": delivery.key.id,
            "statline_tenant": delivery.key.tenant,
            "statline_notification": delivery.key.notification,
            "statline_recipient": delivery.key.recipient,
            "statline_endpoint": delivery.key.endpoint,
        },
    }
    if delivery.rehearsed:
        request["DryRun"] = True
    return request
