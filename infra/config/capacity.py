"""How much of a region's Lambda each function and each lane may take.

A function's reserve is kept free for it and is its upper limit at once. Event-source mappings do not see the reserve:
where the lanes' maximum concurrencies add up to more, the surplus is throttled and its messages count as received.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.config.base import ConfigModel
from statline.contract.words import Channel, Priority

KEPT_UNRESERVED = 100
"""What AWS keeps of an account's concurrency for functions without a reserve."""

BESIDE_DATABASE = 12
"""What the functions that read, back up and watch the database reserve together, at most."""
TICKING = 3
"""What each function reserves that works by the clock: two ticks at once, and the minute's start."""
ROLL_CALLS = 3
"""What the roll calls reserve: two reports at once, and the schedule's start."""
BESIDE_LANES = 2 * TICKING + ROLL_CALLS
"""What the canary, the look for what is outstanding and the roll calls reserve together."""

Concurrency = Annotated[int, Field(ge=2, le=1000, description="SQS event-source mappings take 2 to 1,000.")]


class LaneCapacity(ConfigModel):
    """One event-source mapping: its MaximumConcurrency, and how many messages one call gets at most."""

    concurrency: Concurrency
    batch: Annotated[int, Field(ge=1, le=10)]


class LanedCapacity(ConfigModel):
    """A function that has one mapping for each lane."""

    reserve: Annotated[int, Field(ge=1)]
    lanes: Mapping[Priority, LaneCapacity]

    @model_validator(mode="after")
    def _has_every_lane_within_the_reserve(self) -> Self:
        missing = [priority.value for priority in Priority if priority not in self.lanes]
        if missing:
            raise ValueError(f"no lane {', '.join(missing)}: each of stat, urgent and routine needs its own")
        total = sum(lane.concurrency for lane in self.lanes.values())
        if total > self.reserve:
            raise ValueError(f"the lanes' concurrency adds up to {total}, the reserve is {self.reserve}: raise it")
        return self


class SideCapacity(ConfigModel):
    """A function beside the lanes. ``concurrency`` is the maximum of each of its mappings."""

    reserve: Annotated[int, Field(ge=1)]
    concurrency: Concurrency = 2
    batch: Annotated[int, Field(ge=1, le=10)] = 10

    @model_validator(mode="after")
    def _has_one_mapping_within_the_reserve(self) -> Self:
        if self.concurrency > self.reserve:
            raise ValueError(
                f"a concurrency of {self.concurrency} needs as much reserve, it is {self.reserve}: raise it"
            )
        return self


class EscalationCapacity(SideCapacity):
    """The escalation function: its queue's mapping, and one call more, which sweeps once a minute."""

    @model_validator(mode="after")
    def _has_room_for_the_sweep(self) -> Self:
        if self.concurrency >= self.reserve:
            raise ValueError(
                f"a concurrency of {self.concurrency} and the sweep of each minute need a reserve of"
                f" {self.concurrency + 1}, it is {self.reserve}: raise it"
            )
        return self


class CalledCapacity(ConfigModel):
    """A function that somebody waits for on the telephone or the internet: how many are answered at once."""

    reserve: Annotated[int, Field(ge=1)]


class DeadLettersCapacity(SideCapacity):
    """The dead-letter function: one mapping for each of the stat lanes' dead-letter queues."""

    @model_validator(mode="after")
    def _has_every_mapping_within_the_reserve(self) -> Self:
        mappings = 1 + len(Channel)
        if mappings * self.concurrency > self.reserve:
            raise ValueError(
                f"{mappings} mappings with a concurrency of {self.concurrency} need a reserve of"
                f" {mappings * self.concurrency}, it is {self.reserve}: raise it"
            )
        return self


class Capacity(ConfigModel):
    """Every function of the delivery path. ``others`` is what all further functions of the region may reserve.

    keypad, virtual_pager: only where the region has voice. webhooks: only where it has Twilio.
    """

    router: LanedCapacity
    push: LanedCapacity
    sms: LanedCapacity
    voice: LanedCapacity | None = None
    events: SideCapacity
    directory: SideCapacity
    dead_letters: DeadLettersCapacity
    escalation: EscalationCapacity = EscalationCapacity(reserve=12, concurrency=10)
    receipts: SideCapacity = SideCapacity(reserve=10, concurrency=10)
    late_receipts: SideCapacity = SideCapacity(reserve=4, concurrency=4)
    keypad: CalledCapacity = CalledCapacity(reserve=10)
    virtual_pager: CalledCapacity = CalledCapacity(reserve=4)
    webhooks: CalledCapacity = CalledCapacity(reserve=10)
    others: Annotated[int, Field(ge=0)] = 24

    @property
    def reserved(self) -> int:
        """The sum of all reserves."""
        functions = (
            self.router, self.push, self.sms, self.voice, self.events, self.directory, self.dead_letters,
            self.escalation, self.receipts, self.late_receipts, self.keypad, self.virtual_pager, self.webhooks,
        )  # fmt: skip
        return sum(f.reserve for f in functions if f is not None) + self.others

    def channel(self, channel: Channel) -> LanedCapacity | None:
        """The capacity of a channel's function."""
        return {Channel.PUSH: self.push, Channel.SMS: self.sms, Channel.VOICE: self.voice}[channel]
