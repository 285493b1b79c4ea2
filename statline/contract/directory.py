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


class QuietHours(ContractModel):
    """From ``starts`` to ``ends`` local time, over midnight when ``ends`` is earlier. Stat and urgent ignore them."""

    starts: time
    ends: time
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
    """A team and the roles that it has."""

    kind: Literal["team"]
    id: Identifier
    name: Name
    roles: tuple[Identifier, ...] = ()


class ShiftChange(Change):
    """Somebody is on call for a team, in a role, from ``starts_at`` until just before ``ends_at``."""

    kind: Literal["shift"]
    team: Identifier
    id: Identifier
    user: Identifier
    role: Identifier
    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be later than starts_at")
        return self


class PagerChange(Change):
    """A virtual-pager number and who holds it: a user, or a team's people on shift."""

    kind: Literal["pager"]
    number: PagerNumber
    holder: Literal["user", "team"]
    holder_id: Identifier


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


DirectoryChange = Annotated[
    UserChange | ContactPointChange | DeviceChange | TeamChange | ShiftChange | PagerChange | TenantPolicyChange,
    Field(discriminator="kind"),
]
DIRECTORY_CHANGE: TypeAdapter[DirectoryChange] = TypeAdapter(DirectoryChange)
