"""The message that a producer puts on an ingress queue: version 1 of the contract.

Who refuses what: SQS refuses a body above ``MAXIMUM_BODY_BYTES`` when it is sent; everything else that is wrong is
answered by the router with a ``Message Refused`` event, and the message is kept in the quarantine queue.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from statline.contract.model import ContractModel, Identifier, Moment, PagerNumber, Tenant
from statline.contract.phone_numbers import E164
from statline.contract.words import Channel, Kind, Priority, Sensitivity

MAXIMUM_BODY_BYTES = 65_536
"""The ingress queues' ``MaximumMessageSize``: 500 recipients and the longest content fit twice over."""
MAXIMUM_RECIPIENTS = 500
MAXIMUM_LIFE = timedelta(days=28)
"""The longest time from ``sent_at`` to ``expires_at``: FCM keeps a push no longer."""
MOST_AHEAD = timedelta(days=1)
"""How far ``sent_at`` may lie ahead of the router's clock: a producer's clock that is wrong by its zone is forgiven."""


class UserRecipient(ContractModel):
    """One person, by the directory's id."""

    type: Literal["user"]
    id: Identifier


class TeamRecipient(ContractModel):
    """Everybody who is on shift in a team when the router resolves it."""

    type: Literal["team"]
    id: Identifier


class PagerRecipient(ContractModel):
    """Whoever holds a virtual-pager number when the router resolves it."""

    type: Literal["pager"]
    number: PagerNumber


Recipient = Annotated[UserRecipient | TeamRecipient | PagerRecipient, Field(discriminator="type")]


class Content(ContractModel):
    """What the recipient is told. Title at most 120, body at most 4,000 characters."""

    sensitivity: Sensitivity = Field(default=Sensitivity.PATIENT, description="Unsaid means patient: the safe side.")
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    body: Annotated[str, StringConstraints(max_length=4000)] = ""
    callback: E164 | None = Field(default=None, description="The number to call back, for pages.")


class Notification(ContractModel):
    """One notification as its producer sends it."""

    version: Literal[1] = 1
    tenant: Tenant
    id: Identifier = Field(
        description="The idempotency key, unique within the tenant. It appears in events and must not name a patient."
    )
    kind: Kind
    priority: Priority
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1, max_length=MAXIMUM_RECIPIENTS)]
    content: Content
    sent_at: Moment
    expires_at: Moment
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=3)] | None = Field(
        default=None,
        description="The channels to use, instead of the tenant's policy. A stat never goes by push alone.",
    )
    policy: Identifier | None = Field(
        default=None,
        description="The escalation policy to climb by, instead of the team's or the pager's. Codes and pages only.",
    )
    collapse_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = Field(
        default=None, description="A newer push with the same key replaces an older one on the device."
    )

    @model_validator(mode="after")
    def _expires_in_time(self) -> Self:
        if self.expires_at <= self.sent_at:
            raise ValueError("expires_at must be later than sent_at")
        if self.expires_at - self.sent_at > MAXIMUM_LIFE:
            raise ValueError("expires_at must be at most 28 days later than sent_at")
        return self

    @model_validator(mode="after")
    def _names_each_recipient_once(self) -> Self:
        if len(set(self.recipients)) != len(self.recipients):
            raise ValueError("a recipient is named twice")
        return self
