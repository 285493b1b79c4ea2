"""A watch list with everything around it in memory, and the tick that looks at it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import Watched
from functions.core.services.outstanding import FindOutstanding, Found
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.notifications import FakeNotifications
from tests.fakes.watch_list import FakeWatchList

CHANNELS = tuple(Channel)


def a_plan(*deliveries: Delivery, seconds: float = 0, **changes: Any) -> Plan:
    """A plan of these deliveries, sent so many seconds after noon and routed at once."""
    first, sent_at = deliveries[0], NOON + timedelta(seconds=seconds)
    plan = Plan(
        tenant=first.key.tenant,
        notification=first.key.notification,
        digest="0" * 32,
        producer="ward-app",
        priority=first.priority,
        kind=Kind.MESSAGE,
        sent_at=sent_at,
        routed_at=sent_at,
        expires_at=first.expires_at,
        deliveries=deliveries,
    )
    return plan.model_copy(update=changes)


def claimed(delivery: Delivery, at: datetime = NOON) -> DeliveryRecord:
    return first_claim(delivery, Worker("w-1", "fcm", at))


def accepted(delivery: Delivery, at: datetime = NOON) -> DeliveryRecord:
    return claimed(delivery, at).with_outcome("accepted", "p-1").moved(State.ACCEPTED, at)


class SlowStates(FakeDeliveryStates):
    """A table in which every read takes a while."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.seconds = 0.0

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        self.clock.advance(self.seconds)
        return super().read(keys)


@dataclass
class SlowWatchList(FakeWatchList):
    """A list of which each reading takes so many seconds to begin."""

    clock: FakeClock = field(kw_only=True)
    seconds: float = field(kw_only=True)

    def since(self, lane: Priority, moment: datetime | None = None) -> Iterator[Watched]:
        self.clock.advance(self.seconds)
        return super().since(lane, moment)


@dataclass
class Told:
    """The port `Figures`: what was told of each lane, and what happened by then."""

    found: dict[Priority, Found] = field(default_factory=dict)
    order: list[Priority] = field(default_factory=list)
    meanwhile: Callable[[Found], None] = lambda _: None

    def outstanding(self, found: Found) -> None:
        self.meanwhile(found)
        self.found[found.lane] = found
        self.order.append(found.lane)


class Scene:
    """Notifications on the list, records of some, and ticks."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.notifications = FakeNotifications()
        self.states = SlowStates(self.clock)
        self.watch_list: FakeWatchList = FakeWatchList(self.notifications)
        self.told = Told()

    def keep(self, *plans: Plan) -> None:
        for plan in plans:
            self.notifications.keep(plan)

    def record(self, *records: DeliveryRecord) -> None:
        for record in records:
            self.states.stored[record.key] = record

    def send(self, number: int, *channels: Channel, lane: Priority = Priority.STAT, seconds: float = 0) -> Plan:
        """A notification on the list that goes by these channels, with no record yet."""
        deliveries = [a_delivery(channel, lane, notification=f"n-{number}") for channel in channels]
        plan = a_plan(*deliveries, seconds=seconds)
        self.keep(plan)
        return plan

    def accept(self, plan: Plan, *channels: Channel) -> None:
        self.record(*(accepted(each) for each in plan.deliveries if each.key.channel in channels))

    def tick(self, seconds: float | None = None, channels: Sequence[Channel] = CHANNELS) -> int:
        """Look, so many seconds after noon; answers how much was left to release."""
        if seconds is not None:
            self.clock.advance(seconds - (self.clock() - NOON).total_seconds())
        find = FindOutstanding(self.watch_list, self.states, self.told, channels, self.clock)
        return find()

    def age(self, channel: Channel, lane: Priority = Priority.STAT) -> float:
        return self.told.found[lane].age(channel).total_seconds()

    def listed(self, lane: Priority = Priority.STAT) -> list[Watched]:
        return list(self.watch_list.since(lane))
