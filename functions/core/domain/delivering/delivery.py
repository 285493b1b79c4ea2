"""A delivery: what the router hands to a channel, one channel to one endpoint of one recipient."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.core.domain.escalation.step_name import activation_of
from statline.contract.model import ContractModel
from statline.contract.words import Channel, Kind, Priority


def digest(*parts: str) -> str:
    """A name of 32 hexadecimal digits for the given parts. Unit separators keep ("ab", "c") and ("a", "bc") apart."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


class Endpoint(ContractModel):
    """Where a channel reaches somebody: a device's token, or a phone's number.

    rehearsed: everything is done but the last thing: the provider checks the message, and nobody is reached.
    provider: the one that must be taken, for a way that exists because another one failed; empty: whichever is up.
    """

    channel: Channel
    id: str
    address: str
    rehearsed: bool = False
    provider: str = ""


class DeliveryKey(ContractModel):
    """What names a delivery. Written once by the plan; the same key is never two deliveries."""

    tenant: str
    notification: str
    recipient: str
    channel: Channel
    endpoint: str

    @property
    def id(self) -> str:
        """The visible message id: every call to a provider for this delivery carries it."""
        return digest(self.tenant, self.notification, self.recipient, self.channel, self.endpoint)

    @property
    def trace(self) -> str:
        """The notification's name in logs: a digest, because a producer's id is the producer's own word.

        A step of escalation has the trace of what it escalates.
        """
        return trace_of(self.tenant, activation_of(self.notification))


def trace_of(tenant: str, notification: str) -> str:
    """The name that one notification has in every log line, 32 hexadecimal digits."""
    return digest(tenant, notification)


class Screen(ContractModel):
    """What the recipient sees or hears: already safe for the channel, with no patient content unless policy says so."""

    title: str
    body: str
    cut: bool = Field(default=False, description="The text was longer than the channel takes, and says so itself.")


class PushStyle(ContractModel):
    """How a push asks for attention."""

    interruption: Literal["passive", "active", "time-sensitive", "critical"] = "active"
    collapse_id: Annotated[str, Field(max_length=64)]


class Fallback(ContractModel):
    """Another way to the same recipient, taken when this delivery fails for good."""

    endpoint: Endpoint
    screen: Screen


class Delivery(ContractModel):
    """One message on a channel's queue. Version 1; a reader takes every version that may still be queued."""

    version: Literal[1] = 1
    key: DeliveryKey
    priority: Priority
    kind: Kind
    address: str
    rehearsed: bool = Field(default=False, description="The provider checks the message, and nobody is reached.")
    screen: Screen
    push: PushStyle | None = Field(default=None, description="Set where this delivery or one of its ways is a push.")
    roles: tuple[str, ...] = Field(
        default=(), description="Its activation's roles that this is for. When all are acknowledged, it is silent."
    )
    provider: str = Field(default="", description="The provider that must be taken; empty: whichever is up.")
    sender: str = Field(default="", description="The number that it is to come from; empty: the lane's.")
    fallbacks: tuple[Fallback, ...] = Field(default=(), description="Other ways, first one first. Stat only.")
    sent_at: datetime
    routed_at: datetime
    expires_at: datetime


def next_way(delivery: Delivery) -> Delivery | None:
    """The same notification on the first of this delivery's other ways; None where there is none left."""
    if not delivery.fallbacks:
        return None
    way, *rest = delivery.fallbacks
    key = delivery.key.model_copy(update={"channel": way.endpoint.channel, "endpoint": way.endpoint.id})
    return delivery.model_copy(
        update={
            "key": key,
            "address": way.endpoint.address,
            "rehearsed": way.endpoint.rehearsed,
            "provider": way.endpoint.provider,
            "screen": way.screen,
            "fallbacks": tuple(rest),
        }
    )
