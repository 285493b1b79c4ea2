"""The canary's own entries in the directory: who its notifications go to."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from functions.canary.settings import TENANT
from statline.contract.directory import (
    ChannelRule,
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    TenantPolicyChange,
    UserChange,
)
from statline.contract.words import Channel, Priority

ENDPOINTS: Mapping[Channel, str] = {Channel.PUSH: "device", Channel.SMS: "phone", Channel.VOICE: "phone"}
"""The id of the one endpoint that each recipient has."""


def user_of(channel: Channel, *, real: bool) -> str:
    """The id of the recipient on a channel: one is really reached, the other one rehearsed."""
    return f"canary-{channel}-real" if real else f"canary-{channel}"


def entries(addresses: Mapping[Channel, str], at: datetime) -> Iterator[DirectoryChange]:
    """Two recipients for each channel, at the same address, and the tenant's policy.

    The revision is the moment, which a device's is anyway: so other addresses in a later deployment win, and what was
    lost or dropped of these comes back by itself.
    """
    revision = int(at.timestamp() * 1000)
    rules = tuple(ChannelRule(priority=priority, channels=tuple(addresses)) for priority in Priority)
    yield TenantPolicyChange(kind="tenant_policy", tenant=TENANT, revision=revision, rules=rules)
    for channel, address in addresses.items():
        for real in (True, False):
            user = user_of(channel, real=real)
            name = f"Canary {channel}, {'real' if real else 'rehearsed'}"
            yield UserChange(kind="user", tenant=TENANT, revision=revision, id=user, name=name)
            yield _endpoint(user, channel, address, revision, rehearsed=not real)


def _endpoint(user: str, channel: Channel, address: str, revision: int, *, rehearsed: bool) -> DirectoryChange:
    if channel is Channel.PUSH:
        return DeviceChange(
            kind="device",
            tenant=TENANT,
            revision=revision,
            user=user,
            id=ENDPOINTS[channel],
            token=address,
            platform="android",
            rehearsed=rehearsed,
        )
    return ContactPointChange(
        kind="contact_point",
        tenant=TENANT,
        revision=revision,
        user=user,
        id=ENDPOINTS[channel],
        number=address,
        uses=(channel,),
        rehearsed=rehearsed,
    )
