"""The people of the end-to-end directory: one for each way in which a provider may fail, and a team of 500."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from statline.contract.directory import (
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    EscalationPolicyChange,
    EscalationStep,
    ShiftChange,
    ShiftTarget,
    TeamChange,
    UserChange,
)
from statline.contract.words import Channel

ALL, THROTTLED, LOST, SIGNED_OFF, DEAD_LETTER, DISCREET, SILENT = (
    "u-all",
    "u-throttled",
    "u-lost",
    "u-signed-off",
    "u-dead-letter",
    "u-discreet",
    "u-silent",
)
WARD = tuple(f"u-ward-{number:02}" for number in range(40))
CAST = (ALL, THROTTLED, LOST, SIGNED_OFF, DEAD_LETTER, DISCREET, SILENT, *WARD)
PAGER_TEAM, PATIENT_POLICY, LONGEST_WAIT = "everybody", "patient", 900
CROWD = tuple(f"u-crowd-{number:03}" for number in range(500))
EVERY_NTH_HAS_A_DEVICE = 5
REVISION = 1


def phone_of(tenant: str, user: str) -> str:
    """The number of a user's phone, E.164; nobody else has it."""
    people = (*CAST, *CROWD)
    exchange = {"northshore": 416_556, "harborview": 206_556}[tenant]
    return f"+1{exchange}{people.index(user):04}"


def token_of(tenant: str, user: str) -> str:
    """The registration token of a user's device, of the shape that FCM gives."""
    letters = "".join(sha256(f"{tenant}/{user}/{part}".encode()).hexdigest() for part in range(3))
    return f"{tenant}-{user}:APA91b{letters[:134]}"


def changes_of_cast(tenant: str, users: Sequence[str]) -> Iterator[DirectoryChange]:
    """Users with a phone and a device each."""
    for user in users:
        yield from _person(tenant, user)
        yield _device(tenant, user)


def changes_of_crowd(tenant: str, users: Sequence[str]) -> Iterator[DirectoryChange]:
    """A team with all of these people on shift, each with a phone, some with a device."""
    now = datetime.now(UTC)
    yield EscalationPolicyChange(
        kind="escalation_policy",
        tenant=tenant,
        revision=REVISION,
        id=PATIENT_POLICY,
        name="Pages nobody twice while a test looks on",
        first_wait=LONGEST_WAIT,
        steps=(EscalationStep(who=(ShiftTarget(type="shift"),), wait=LONGEST_WAIT),),
    )
    yield TeamChange(
        kind="team",
        tenant=tenant,
        revision=REVISION,
        id=PAGER_TEAM,
        name="Everybody",
        roles=("member",),
        policy=PATIENT_POLICY,
    )
    for number, user in enumerate(users):
        yield from _person(tenant, user)
        if number % EVERY_NTH_HAS_A_DEVICE == 0:
            yield _device(tenant, user)
        yield ShiftChange(
            kind="shift",
            tenant=tenant,
            revision=REVISION,
            team=PAGER_TEAM,
            id=f"shift-{number}",
            user=user,
            role="member",
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=8),
        )


def _person(tenant: str, user: str) -> Iterator[DirectoryChange]:
    yield UserChange(kind="user", tenant=tenant, revision=REVISION, id=user, name=f"Somebody ({user})")
    yield ContactPointChange(
        kind="contact_point",
        tenant=tenant,
        revision=REVISION,
        user=user,
        id="mobile",
        number=phone_of(tenant, user),
        uses=(Channel.SMS, Channel.VOICE),
    )


def _device(tenant: str, user: str) -> DirectoryChange:
    return DeviceChange(
        kind="device",
        tenant=tenant,
        revision=REVISION,
        user=user,
        id="phone",
        token=token_of(tenant, user),
        platform="android",
    )
