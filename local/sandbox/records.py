"""What the sandbox writes down: one record for each provider call, one for each thing that reached a phone."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

ProviderName = Literal["fcm", "token", "sms", "connect", "quotas", "switch", "twilio", "unknown"]
Outcome = Literal["accepted", "refused", "dropped"]
ChannelName = Literal["push", "sms", "voice"]


class CallFacts(BaseModel):
    """What a request says of itself, read before anything is decided about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: ProviderName
    operation: str
    region: str | None = None
    """The AWS region of the credential scope. FCM has no regions."""
    destination: str | None = None
    """Device token or E.164 number."""
    message_id: str | None = None
    """The visible id that Statline gives every delivery, the same in each of its attempts."""
    client_token: str | None = None


class CallRecord(CallFacts):
    """One provider request that was received whole, and what the sandbox decided about it."""

    seq: int
    received_at: float
    """Epoch seconds."""
    outcome: Outcome
    code: str | None = None
    """The provider's error code, when it refused."""
    mode: str | None = None
    """The failure mode that decided the outcome, when one did."""
    delay_seconds: float = 0.0
    """How long the answer was held back. The phone does not wait: it has rung already."""
    rang: bool = False
    """Whether this very call put something on a phone. A judge of duplicates counts these."""
    provider_id: str | None = None


class Arrival(BaseModel):
    """What a call puts on a phone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: str
    """Device token or E.164 number."""
    channel: ChannelName
    sender: str
    title: str | None = None
    body: str | None = None
    """The alert's text, the SMS, or the words spoken."""
    data: dict[str, str] = {}
    """Data keys of a push, context of an SMS, attributes of a call."""
    urgency: str | None = None
    collapse_key: str | None = None
    message_id: str | None = None
    provider_id: str
    payload: dict[str, object] = {}
    """The request as it was received, for a search of what must not be in it."""


class Received(Arrival):
    """An arrival with its place and time."""

    seq: int
    at: float
    """Epoch seconds."""
