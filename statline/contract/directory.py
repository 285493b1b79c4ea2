"""The changes that keep the directory: what the ``directory-changes`` queue and ``statline directory import`` take.

Every change carries a ``revision``, a number that its source raises with every change of that entity (a row version,
or milliseconds since 1970). A change whose revision is not above the stored one changes nothing, however late it comes.
"""

from datetime import time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationInfo, model_validator

from statline.contract.model import ContractModel, Identifier, Moment, PagerNumber, Tenant
from statline.contract.phone_numbers import E164
from statline.contract.words import Channel, Kind, Priority

Revision = Annotated[int, Field(ge=1, le=2**53)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
CANARY_TENANT = "statline-canary"
"""The tenant of our own test notifications. No producer has it, and no person is in it."""


def _of_the_canary(rehearsed: bool, known: ValidationInfo) -> bool:
    """A rehearsed phone looks reached and is not: nobody may make one of somebody's own."""
    if rehearsed and known.data.get("tenant") != CANARY_TENANT:
        raise ValueError(
            f"only the tenant {CANARY_TENANT} may rehearse: a person would never be reached, and seem to be"
        )
    return rehearsed


Rehearsed = Annotated[
    bool,
    AfterValidator(_of_the_canary),
    Field(
        description="Everything is done but the last thing: the provider checks the message, nobody is reached."
        f" Only the tenant {CANARY_TENANT} may say it."
    ),
]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise ValueError("not a time zone of the IANA list, like America/Toronto") from cause
    return name


def _on_the_wall(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError("a clock's time without an offset, like 08:00: the zone stands in a field of its own")
    return moment


WallTime = Annotated[time, AfterValidator(_on_the_wall)]


class QuietHours(ContractModel):
    """From ``starts`` to ``ends`` local time, over midnight when ``ends`` is earlier. Stat and urgent ignore them."""

    starts: WallTime
    ends: WallTime
    zone: Annotated[str, AfterValidator(_known_zone)]


class Change(ContractModel):
    """What every change has."""

    version: Literal[1] = 1
    tenant: Tenant
    revision: Revision
    deleted: bool = False


class UserChange(Change):
    """A person who can be notified."""

    kind: Literal["user"]
    id: Identifier
    name: Name
    quiet_hours: QuietHours | None = None


class ContactPointChange(Change):
    """A phone of a user. ``uses`` says what it may be used for, ``rank`` which one is tried first (1 is first)."""

    kind: Literal["contact_point"]
    user: Identifier
    id: Identifier
    number: E164
    uses: Annotated[tuple[Literal[Channel.SMS, Channel.VOICE], ...], Field(min_length=1, max_length=2)]
    rank: Annotated[int, Field(ge=1, le=99)] = 1
    rehearsed: Rehearsed = False


class DeviceChange(Change):
    """An installation of the app: its FCM registration token.

    A token is one device's: of two that name it, the one with the higher revision has it. So a device's revision is
    milliseconds since 1970, which can be compared from one device to another. A rehearsed device has no claim on its
    token: what is sent to it reaches nobody.
    """

    kind: Literal["device"]
    user: Identifier
    id: Identifier
    token: Annotated[str, StringConstraints(min_length=8, max_length=400)]
    platform: Literal["android", "ios"]
    rehearsed: Rehearsed = False


class TeamChange(Change):
    """A team, the roles that it has, and the escalation policy that its activations climb by."""

    kind: Literal["team"]
    id: Identifier
    name: Name
    roles: tuple[Identifier, ...] = ()
    policy: Identifier | None = None


class ShiftChange(Change):
    """Somebody is on call for a team, in a role, from ``starts_at`` until just before ``ends_at``.

    A ``backup`` is not paged at first: the steps of an escalation policy that name the backup page it.
    """

    kind: Literal["shift"]
    team: Identifier
    id: Identifier
    user: Identifier
    role: Identifier
    starts_at: Moment
    ends_at: Moment
    duty: Literal["primary", "backup"] = "primary"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be later than starts_at")
        return self


class PagerChange(Change):
    """A virtual-pager number and who holds it: a user, a team's people on shift, or a service with hours.

    priority: of the pages that a call or a text to the number becomes.
    policy: what such a page climbs by; unset, the policy of the team that holds the number.
    """

    kind: Literal["pager"]
    number: PagerNumber
    holder: Literal["user", "team", "service"]
    holder_id: Identifier
    priority: Priority = Priority.STAT
    policy: Identifier | None = None


class OpeningHours(ContractModel):
    """On these days of the week (1 is Monday), from ``starts`` to ``ends`` local time, somebody holds a service.

    Over midnight when ``ends`` is earlier: the hours belong to the day on which they start. Equal times: all day.
    """

    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)]
    starts: WallTime
    ends: WallTime
    holder: Literal["user", "team"]
    holder_id: Identifier


class ServiceChange(Change):
    """A service with hours: who holds it depends on the time. The first hours that cover a moment count.

    Outside all hours, ``otherwise`` holds it: a team, or nobody.
    """

    kind: Literal["service"]
    id: Identifier
    name: Name
    zone: Annotated[str, AfterValidator(_known_zone)]
    hours: tuple[OpeningHours, ...] = ()
    otherwise: Identifier | None = Field(default=None, description="The team that holds it outside all hours.")


class LineChange(Change):
    """A phone number that people outside call or text. It reaches one pager, or asks which one to page."""

    kind: Literal["line"]
    number: E164
    pager: PagerNumber | None = Field(
        default=None, description="Unset: who calls keys in, or texts, the pager's number."
    )


class UserTarget(ContractModel):
    """A step pages one person."""

    type: Literal["user"]
    id: Identifier


class TeamTarget(ContractModel):
    """A step pages another team's people on shift: those of one of its roles, or all."""

    type: Literal["team"]
    id: Identifier
    role: Identifier | None = None


class ShiftTarget(ContractModel):
    """A step pages, once more, whoever is on shift now in the ladder's own role."""

    type: Literal["shift"]


class BackupTarget(ContractModel):
    """A step pages the backup of the shift: of the ladder's own role, else of the team."""

    type: Literal["backup"]


Target = Annotated[UserTarget | TeamTarget | ShiftTarget | BackupTarget, Field(discriminator="type")]
Wait = Annotated[int, Field(ge=15, le=900, description="Seconds.")]


class EscalationStep(ContractModel):
    """One step of a policy: whom it pages, how, and how long it waits for an acknowledgement."""

    who: Annotated[tuple[Target, ...], Field(min_length=1, max_length=20)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=3)] | None = Field(
        default=None, description="Unset: the channels of the notification."
    )
    wait: Wait = 60


class EscalationPolicyChange(Change):
    """How an activation climbs while nobody acknowledges it. Each role of the activation has a ladder of its own.

    first_wait: how long those who were paged first have.
    steps, repeats: the steps in their order, and how many more times they are all gone through.
    final: one more step after the last round.
    then: the policy that goes on after that. A policy must not come back to itself.
    one_is_enough: the first acknowledgement covers all roles: there is one ladder.
    """

    kind: Literal["escalation_policy"]
    id: Identifier
    name: Name
    first_wait: Wait = 60
    steps: Annotated[tuple[EscalationStep, ...], Field(min_length=1, max_length=10)]
    repeats: Annotated[int, Field(ge=0, le=5)] = 0
    final: EscalationStep | None = None
    then: Identifier | None = None
    one_is_enough: bool = False

    @model_validator(mode="after")
    def _goes_on_elsewhere(self) -> Self:
        if self.then == self.id:
            raise ValueError("then: the policy would come back to itself")
        return self


class ChannelRule(ContractModel):
    """The channels of one priority and, where named, one kind."""

    priority: Priority
    kind: Kind | None = None
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=3)]


class TenantPolicyChange(Change):
    """What a tenant decides. The first rule that fits a notification names its channels."""

    kind: Literal["tenant_policy"]
    rules: tuple[ChannelRule, ...] = ()
    patient_content: tuple[Channel, ...] = Field(
        default=(), description="The channels that may carry patient content. None, unless the tenant says so."
    )
    critical_sound: bool = Field(
        default=False, description="Stat pushes sound through silence: needs Apple's critical-alert entitlement."
    )
    sms_segments: Annotated[int, Field(ge=1, le=6)] = 3
    switchboard: E164 | None = Field(
        default=None, description="The number that a caller is told to ring where a virtual pager reaches nobody."
    )


DirectoryChange = Annotated[
    UserChange
    | ContactPointChange
    | DeviceChange
    | TeamChange
    | ShiftChange
    | PagerChange
    | ServiceChange
    | LineChange
    | EscalationPolicyChange
    | TenantPolicyChange,
    Field(discriminator="kind"),
]
DIRECTORY_CHANGE: TypeAdapter[DirectoryChange] = TypeAdapter(DirectoryChange)
