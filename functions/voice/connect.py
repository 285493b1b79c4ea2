"""Phone calls by Amazon Connect: the port `Provider` over ``StartOutboundVoiceContact``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.providers.aws_provider import PROVIDER_CALLS, call_once
from functions.core.adapters.providers.calls import CallPool, KeptConnections
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import REHEARSED, Outcome
from functions.core.domain.ports.clock import Clock
from functions.voice.codes import CODES
from functions.voice.settings import VoiceSettings

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient
    from mypy_boto3_connect.type_defs import StartOutboundVoiceContactRequestTypeDef


def client() -> "ConnectClient":
    """A client of this function's region that calls once."""
    return create_client("connect", PROVIDER_CALLS)


class Connect:
    """Places calls. Every attempt carries the same client token: while a call lives, asking again starts no other."""

    name = "connect"

    def __init__(self, client: "ConnectClient", settings: VoiceSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._calls = CallPool()
        self._connections = KeptConnections(client.close, clock)

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Start each delivery's call once and answer the outcomes in order. Accepted means dialling, not answered."""
        self._connections.drop_idle()
        return self._calls.each(self._send_one, deliveries)

    def _send_one(self, delivery: Delivery) -> Outcome:
        request = voice_contact(delivery, self._settings)
        if delivery.rehearsed:
            return REHEARSED  # Connect has no way to check a call without placing it: this is the last step before
        return call_once(self._client.start_outbound_voice_contact, request, CODES, "ContactId")


def voice_contact(delivery: Delivery, settings: VoiceSettings) -> "StartOutboundVoiceContactRequestTypeDef":
    """The request for one delivery. The contact flow speaks ``statline_text``, the whole of what is to be said.

    It waits for a key where ``statline_asks`` is "yes": somebody is to answer for a role. The other attributes name the
    delivery's record to whoever asks Connect for them.
    """
    return {
        "InstanceId": settings.connect_instance,
        "ContactFlowId": settings.contact_flow,
        "SourcePhoneNumber": settings.source_numbers[delivery.priority],
        "DestinationPhoneNumber": delivery.address,
        "ClientToken": delivery.key.id,
        "TrafficType": "GENERAL",
        "Attributes": {
            "statline_text": delivery.screen.body,
            "statline_asks": "yes" if delivery.roles else "no",
            "statline_delivery": delivery.key.id,
            "statline_tenant": delivery.key.tenant,
            "statline_notification": delivery.key.notification,
            "statline_recipient": delivery.key.recipient,
            "statline_endpoint": delivery.key.endpoint,
        },
    }
