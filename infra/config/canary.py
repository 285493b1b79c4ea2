"""The canary of a region, as config names it: who is reached, how often for real, and who notices a silent region."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from infra.config.base import ConfigModel
from statline.contract.phone_numbers import E164
from statline.contract.words import Channel

RealEvery = Annotated[
    int | None,
    Field(ge=1, le=10_080, description="Minutes between two canaries that really go out; unset: none does."),
]


class CanaryDevice(ConfigModel):
    """The test device of the region: its FCM registration token."""

    token: Annotated[str, StringConstraints(min_length=8, max_length=400)]
    real_every_minutes: RealEvery = None


class CanaryPhone(ConfigModel):
    """A test phone. Text messages and calls cost money: an hour or a day between two of them is usual."""

    number: E164
    real_every_minutes: RealEvery = None


class Canary(ConfigModel):
    """Four canaries a minute go through every lane and channel; most are rehearsed, which costs no provider's money.

    dead_mans_switch: an address outside AWS, called once a minute; its owner tells on-call when the calls stop.
    """

    push: CanaryDevice
    sms: CanaryPhone
    voice: CanaryPhone | None = None
    dead_mans_switch: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None

    @model_validator(mode="after")
    def _asks_for_encryption_outside(self) -> Self:
        address = urlsplit(self.dead_mans_switch or "")
        if address.scheme == "http" and address.hostname not in {"127.0.0.1", "localhost"}:
            raise ValueError("dead_mans_switch: must be https:// (plain http is taken on loopback only)")
        return self

    @property
    def addresses(self) -> dict[Channel, str]:
        """The test recipient's address on each channel."""
        phones = {Channel.SMS: self.sms, Channel.VOICE: self.voice}
        return {Channel.PUSH: self.push.token} | {channel: p.number for channel, p in phones.items() if p is not None}

    @property
    def real_every_minutes(self) -> dict[Channel, int]:
        """How often each channel's canary really goes out; without those that never do."""
        rows = {Channel.PUSH: self.push, Channel.SMS: self.sms, Channel.VOICE: self.voice}
        return {
            channel: row.real_every_minutes
            for channel, row in rows.items()
            if row is not None and row.real_every_minutes is not None
        }
