"""A tenant's people: who they are, and what reaches them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from local.seed.tenants import Tenant
from local.seed.words import FAMILY_NAMES, GIVEN_NAMES
from statline.contract.directory import ContactPointChange, DeviceChange, DirectoryChange, QuietHours, UserChange
from statline.contract.words import Channel

REVISION = 1
"""The seed's revision: below whatever a person at the laptop changes afterwards."""
DEMO_USER = "u-demo"
NUMBERS_PER_AREA = 100
SECOND_PHONES, QUIET_HOURS, TABLETS, ANDROIDS = 0.3, 0.4, 0.1, 0.45
"""What share of the people has each."""


@dataclass(slots=True)
class Numbers:
    """Hands out a tenant's telephone numbers, each once."""

    tenant: Tenant
    given: int = 0

    def next(self) -> str:
        """The next number, E.164. IndexError when the tenant's area codes are used up."""
        area, last = divmod(self.given, NUMBERS_PER_AREA)
        self.given += 1
        return f"+1{self.tenant.area_codes[area]}55501{last:02}"


def user_ids(tenant: Tenant) -> list[str]:
    """The tenant's people besides `u-demo`: u-001, u-002 ..."""
    return [f"u-{number:03}" for number in range(1, tenant.users + 1)]


def people(tenant: Tenant, chance: random.Random) -> Iterator[DirectoryChange]:
    """Every person of a tenant with phones and devices, `u-demo` first."""
    numbers = Numbers(tenant)
    yield UserChange(kind="user", tenant=tenant.name, revision=REVISION, id=DEMO_USER, name="Demo Clinician")
    yield _phone(tenant, DEMO_USER, "mobile", numbers.next(), (Channel.SMS, Channel.VOICE))
    yield _device(tenant, DEMO_USER, "d-demo", "android")
    for user in user_ids(tenant):
        name = f"{chance.choice(GIVEN_NAMES)} {chance.choice(FAMILY_NAMES)}"
        quiet = _quiet_hours(tenant) if chance.random() < QUIET_HOURS else None
        yield UserChange(kind="user", tenant=tenant.name, revision=REVISION, id=user, name=name, quiet_hours=quiet)
        yield from _endpoints(tenant, user, numbers, chance)


def _endpoints(tenant: Tenant, user: str, numbers: Numbers, chance: random.Random) -> Iterator[DirectoryChange]:
    yield _phone(tenant, user, "mobile", numbers.next(), (Channel.SMS, Channel.VOICE))
    if chance.random() < SECOND_PHONES:
        yield _phone(tenant, user, "desk", numbers.next(), (Channel.VOICE,), rank=2)
    yield _device(tenant, user, "d-phone", "android" if chance.random() < ANDROIDS else "ios")
    if chance.random() < TABLETS:
        yield _device(tenant, user, "d-tablet", "ios")


def _quiet_hours(tenant: Tenant) -> QuietHours:
    starts, ends = tenant.quiet
    return QuietHours(starts=starts, ends=ends, zone=tenant.zone)


def _phone(
    tenant: Tenant, user: str, phone: str, number: str, uses: tuple[Channel, ...], *, rank: int = 1
) -> DirectoryChange:
    return ContactPointChange.model_validate(
        {
            "kind": "contact_point",
            "tenant": tenant.name,
            "revision": REVISION,
            "user": user,
            "id": phone,
            "number": number,
            "uses": uses,
            "rank": rank,
        }
    )


def _device(tenant: Tenant, user: str, device: str, platform: str) -> DirectoryChange:
    return DeviceChange.model_validate(
        {
            "kind": "device",
            "tenant": tenant.name,
            "revision": REVISION,
            "user": user,
            "id": device,
            "token": _token(tenant, user, device),
            "platform": platform,
        }
    )


def _token(tenant: Tenant, user: str, device: str) -> str:
    """A registration token of the shape that FCM gives: an instance's id, a colon, some 140 letters."""
    name = f"{tenant.name}-{user}-{device}"
    letters = "".join(sha256(f"{name}/{part}".encode()).hexdigest() for part in range(3))
    return f"{name}:APA91b{letters[:134]}"
