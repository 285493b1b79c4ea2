"""The events that Statline puts on its region's bus, version 1: source ``statline``, one detail type for each model.

Every event is the ``detail`` of an EventBridge event. None holds an address or anything of a message's content. Events
may come twice and out of order: `DeliveryStateChanged.revision` says which one of a delivery is the newer.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from statline.contract.model import ContractModel, Moment
from statline.contract.words import (
    Answer,
    Channel,
    DeliveryState,
    Kind,
    LadderState,
    Priority,
    RecipientProblem,
    RefusalReason,
    RollCallProblem,
    RollCallStanding,
    Via,
)

SOURCE = "statline"
"""The ``source`` of every event."""


class RecipientTrouble(ContractModel):
    """One recipient of a message and what is wrong with it."""

    recipient: str = Field(examples=["user:u-17", "team:code-blue", "pager:4471", "role:leader"])
    trouble: RecipientProblem


class Fault(ContractModel):
    """One place where a message breaks the contract. Never what was written there."""

    path: str = Field(examples=["recipients.0.id"])
    rule: str = Field(examples=["Field required"])


class DeliveryStateChanged(ContractModel):
    """A delivery moved from one state to another."""

    DETAIL_TYPE: ClassVar[str] = "Delivery State Changed"

    version: Literal[1] = 1
    tenant: str
    notification: str = Field(description="The producer's id of the notification.")
    step: str = Field(
        default="", description="The step of escalation that it belongs to: role, round, step.", examples=["leader~1~2"]
    )
    delivery: str = Field(description="The delivery's own id: 32 hexadecimal digits, the same in every call for it.")
    recipient: str = Field(description="The directory's id of the person.")
    channel: Channel
    priority: Priority
    state: DeliveryState
    previous: DeliveryState | None = Field(default=None, description="The state before; null for a delivery's first.")
    revision: Annotated[int, Field(ge=1)] = Field(description="Grows with every write of this delivery.")
    attempt: Annotated[int, Field(ge=0)] = Field(description="The latest attempt's number; 0 before the first.")
    reason: str = Field(default="", description="Our own or the provider's word for why; empty where none is needed.")
    provider: str = Field(default="", examples=["fcm", "sms", "connect"])
    provider_id: str = Field(default="", description="The provider's name for the message, once it is known.")
    cut: bool = Field(default=False, description="The text was longer than the channel takes, and said so itself.")
    at: Moment


class RolePaged(ContractModel):
    """One role of an activation and how many people were paged for it at first. None: it escalates at once."""

    role: str = Field(examples=["leader"], description='"*" where one acknowledgement is enough for all.')
    people: Annotated[int, Field(ge=0)]


class NotificationRouted(ContractModel):
    """The router resolved a notification and stored its plan."""

    DETAIL_TYPE: ClassVar[str] = "Notification Routed"

    version: Literal[1] = 1
    tenant: str
    notification: str
    producer: str = Field(description="The sender's name in the deployment's list of producers.")
    kind: Kind
    priority: Priority
    recipients: Annotated[int, Field(ge=0)] = Field(description="How many people the plan reaches.")
    deliveries: dict[Channel, Annotated[int, Field(ge=0)]] = Field(description="How many deliveries, by channel.")
    troubles: tuple[RecipientTrouble, ...] = ()
    code: str = Field(default="", description="An activation's short code, which people may answer with.")
    roles: tuple[RolePaged, ...] = Field(default=(), description="An activation's roles.")
    sent_at: Moment
    at: Moment = Field(description="When it was routed.")
    expires_at: Moment


class MessageRefused(ContractModel):
    """A message was not taken on. Its body waits in the quarantine queue."""

    DETAIL_TYPE: ClassVar[str] = "Message Refused"

    version: Literal[1] = 1
    reason: RefusalReason
    sentence: str = Field(description="The reason for people: what is wrong and what to do.")
    faults: tuple[Fault, ...] = ()
    troubles: tuple[RecipientTrouble, ...] = ()
    producer: str = Field(default="", description="The sender's name in the list of producers; empty if not in it.")
    message_id: str = Field(description="The id that SQS answered when the message was sent.")
    lane: Priority
    tenant: str = Field(default="", description="As the message said, where that was well-formed.")
    notification: str = Field(default="", description="As the message said, where that was well-formed.")
    at: Moment


class StepFired(ContractModel):
    """A role's ladder climbed by one step: nobody had acknowledged, and the next people are paged."""

    DETAIL_TYPE: ClassVar[str] = "Escalation Step Fired"

    version: Literal[1] = 1
    tenant: str
    notification: str
    role: str
    step: str = Field(examples=["leader~1~2"], description="Role, round, step: as in the deliveries' events.")
    people: Annotated[int, Field(ge=0)] = Field(description="How many people the step pages.")
    troubles: tuple[RecipientTrouble, ...] = ()
    at: Moment


class LadderEnded(ContractModel):
    """A role's ladder came to its end. EXHAUSTED and EXPIRED: nobody is coming for this role."""

    DETAIL_TYPE: ClassVar[str] = "Escalation Ended"

    version: Literal[1] = 1
    tenant: str
    notification: str
    role: str
    state: LadderState
    steps: Annotated[int, Field(ge=0)] = Field(description="How many steps were climbed.")
    at: Moment


class RoleCovered(ContractModel):
    """The first person of a role accepted."""

    DETAIL_TYPE: ClassVar[str] = "Role Covered"

    version: Literal[1] = 1
    tenant: str
    notification: str
    role: str
    user: str = Field(description="The directory's id of who is coming.")
    via: Via
    at: Moment


class ActivationAnswered(ContractModel):
    """A person accepted or declined. Late answers, too: the second leader who comes is told of here."""

    DETAIL_TYPE: ClassVar[str] = "Activation Answered"

    version: Literal[1] = 1
    tenant: str
    notification: str
    user: str
    roles: tuple[str, ...]
    answer: Answer
    via: Via
    at: Moment


class ActivationStoodDown(ContractModel):
    """The producer called an activation off."""

    DETAIL_TYPE: ClassVar[str] = "Activation Stood Down"

    version: Literal[1] = 1
    tenant: str
    notification: str
    producer: str
    at: Moment


class RollCalled(ContractModel):
    """What a roll call says of one person."""

    user: str = Field(description="The directory's id of the person.")
    standing: RollCallStanding
    problems: tuple[RollCallProblem, ...] = ()


class RollCallEnded(ContractModel):
    """The time to answer a roll call is over."""

    DETAIL_TYPE: ClassVar[str] = "Roll Call Ended"

    version: Literal[1] = 1
    tenant: str
    notification: str
    team: str
    called: bool = Field(
        description="False: nobody is on shift, or the message was refused, which Message Refused says the reason of."
    )
    counts: dict[RollCallStanding, Annotated[int, Field(ge=0)]] = Field(description="How many people, by standing.")
    people: Annotated[tuple[RollCalled, ...], Field(max_length=1000)] = Field(
        default=(), description="Those who did not acknowledge first. At most 1,000; the counts are of all."
    )
    at: Moment


Event = (
    DeliveryStateChanged
    | NotificationRouted
    | MessageRefused
    | StepFired
    | LadderEnded
    | RoleCovered
    | ActivationAnswered
    | ActivationStoodDown
    | RollCallEnded
)
EVENTS: tuple[type[Event], ...] = (
    DeliveryStateChanged,
    NotificationRouted,
    MessageRefused,
    StepFired,
    LadderEnded,
    RoleCovered,
    ActivationAnswered,
    ActivationStoodDown,
    RollCallEnded,
)
