"""The channels and what is around them, in memory: queues, a state table, two providers, and places to die at.

The providers' own call log is the witness, as it is for the laptop cloud's tests: our table could flatter us.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, Endpoint, Fallback, Screen, next_way
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.delivering.receipt_deadlines import WAITS, awaits_receipt
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.routing.lanes import LANES
from functions.core.domain.routing.watching import Watched
from functions.core.services.deliver import DeliverBatch
from functions.core.services.follow_up import FollowUp
from functions.core.services.late_receipts import SendAnotherWay
from functions.core.services.providers import Call, Providers
from statline.contract.words import Channel
from tests.fakes.clock import FakeClock
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.notifications import FakeNotifications
from tests.fakes.provider_standings import FakeProviderStandings
from tests.fakes.watch_list import FakeWatchList

ANSWERS: dict[str, Outcome] = {
    "accepted": Accepted("p-1"),
    "throttled": RetryLater("throttled"),
    "refused": NeverRetry("refused", address_is_dead=True),
    "lost": Unknown("timeout"),
}
CRASH_POINTS = ("claim", "claimed", "call", "called", "deadline", "deadlined", "record", "recorded", "look", "delete")
LATE_CRASH_POINTS = ("record", "recorded", "watch", "way", "way_sent", "delete")
PROVIDERS = ("first", "second")
BY_THE_SECOND = Fallback(
    endpoint=Endpoint(channel=Channel.SMS, id="e-1~second", address="+14165550123", provider="second"),
    screen=Screen(title="", body="Call back."),
)


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs on, no handler, no `finally` of ours."""


@dataclass
class Message:
    """A message on the fake queue."""

    delivery: Delivery
    visible_at: datetime
    receives: int = 0


@dataclass
class Deadline:
    """A message on the fake queue of receipts' deadlines."""

    delivery: Delivery
    strikes_at: datetime


@dataclass
class World:
    """Everything outside a worker, and the worker's ports into it."""

    clock: FakeClock = field(default_factory=FakeClock)
    states: FakeDeliveryStates = field(default_factory=FakeDeliveryStates)
    queue: list[Message] = field(default_factory=list)
    calls: list[tuple[DeliveryKey, str, int]] = field(default_factory=list)
    answer: str = "accepted"
    crash_at: str | None = None
    meanwhile: Callable[[], None] | None = None
    late_calls: list[DeliveryKey] = field(default_factory=list)
    answers_lost: set[DeliveryKey] = field(default_factory=set)
    standings: FakeProviderStandings = field(default_factory=FakeProviderStandings)
    deadlines: list[Deadline] = field(default_factory=list)
    deadlines_away: bool = False
    accepted_unwatched: list[DeliveryKey] = field(default_factory=list)
    wrong_provider: list[DeliveryKey] = field(default_factory=list)
    sent: dict[DeliveryKey, Delivery] = field(default_factory=dict)
    mixed_up: list[DeliveryKey] = field(default_factory=list)
    looks: set[Look] = field(default_factory=set)
    escalation_away: bool = False
    workers: int = 0

    def __post_init__(self) -> None:
        self.start_afresh()

    def start_afresh(self) -> None:
        """The function's environment is a new one: it knows nothing of what the providers answered."""
        self.providers = _Providers(self)

    def reach(self, point: str) -> None:
        """Die here, if the test says so; a worker dies once."""
        if self.crash_at == point:
            self.crash_at = None
            raise Killed(point)

    def send(self, deliveries: Sequence[Delivery], provider: str) -> list[Outcome]:
        """A provider. What it was asked is in its log whatever happens to the worker."""
        for delivery in deliveries:
            claims = [r for r in self.states.history if r.key == delivery.key and r.state is State.SENDING]
            claimed_for = {record.attempts[-1].provider for record in claims}
            if provider not in claimed_for or delivery.provider not in {"", provider}:
                self.wrong_provider.append(delivery.key)
            if self.states.is_silent(delivery):
                self.late_calls.append(delivery.key)
            self.calls.append((delivery.key, self.answer, len(self.states.history)))
        return [ANSWERS[self.answer] for _ in deliveries]

    def set(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """The queue of deadlines."""
        self.reach("deadline")
        if self.deadlines_away:
            return list(deliveries)
        self.deadlines += [Deadline(each, self.clock() + WAITS[each.key.channel]) for each in deliveries]
        self.reach("deadlined")
        return []

    def look(self, looks: Sequence[Look]) -> None:
        """The escalation queue."""
        self.reach("look")
        if self.escalation_away:
            raise QueueUnavailableError("the escalation queue is away")
        self.looks |= {*looks}

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """The address book: nothing to see here."""

    def put(self, delivery: Delivery) -> None:
        """Put a delivery on its queue."""
        if self.sent.setdefault(delivery.key, delivery).address != delivery.address:
            self.mixed_up.append(delivery.key)
        self.queue.append(Message(delivery, self.clock()))

    def open_next_way(self, key: DeliveryKey) -> None:
        """Put a delivery's next way on its queue, where it has one."""
        way = next_way(self.sent[key])
        if way is not None:
            self.put(way)

    def work(self) -> None:
        """One worker takes every visible message, up to ten, as a mapping would."""
        self.workers += 1
        taken = [m for m in self.queue if m.visible_at <= self.clock()][:10]
        for message in taken:
            message.visible_at = self.clock() + LANES[message.delivery.priority].visibility
            message.receives += 1
        handles = [message.receives for message in taken]
        use_case = DeliverBatch(
            states=_Crashing(self),
            providers=self.providers,
            outbox=_Outbox(self),
            follow_up=FollowUp(self, self),
            address_book=self,
            clock=self.clock,
        )
        try:
            verdicts = use_case([m.delivery for m in taken], f"worker-{self.workers}")
            self.reach("delete")
        except (Killed, StoreUnavailableError):
            return
        for message, handle, verdict in zip(taken, handles, verdicts, strict=True):
            if message.receives != handle:
                continue  # somebody received it since: the handle is worth nothing any more
            if verdict.again_in is None:
                self.queue.remove(message)
            else:
                message.visible_at = self.clock() + verdict.again_in

    def strike(self) -> None:
        """The function that waits for receipts is handed every deadline that has struck."""
        struck = [deadline for deadline in self.deadlines if deadline.strikes_at <= self.clock()]
        use_case = SendAnotherWay(
            states=_Crashing(self),
            notifications=FakeNotifications(),
            watch_list=_WatchList(self),
            outbox=_Outbox(self, "way"),
            clock=self.clock,
        )
        try:
            found = use_case([deadline.delivery for deadline in struck])
            self.reach("delete")
        except (Killed, StoreUnavailableError):
            return
        for deadline, each in zip(struck, found, strict=True):
            if each.done:
                self.deadlines.remove(deadline)


class _Providers(Providers):
    """The calls of a batch begin together, to whichever provider; what else happens, happens while they last."""

    def __init__(self, world: World) -> None:
        both = [_Provider(world, name) for name in PROVIDERS]
        super().__init__(Channel.SMS, both, world.standings, world.clock)
        self._world = world

    def send(self, calls: Sequence[Call]) -> list[Outcome]:
        self._world.reach("call")
        outcomes = super().send(calls)
        if self._world.meanwhile:
            meanwhile, self._world.meanwhile = self._world.meanwhile, None
            meanwhile()
        self._world.reach("called")
        return outcomes


@dataclass
class _Provider:
    world: World
    name: str

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        return self.world.send(deliveries, self.name)


class _WatchList(FakeWatchList):
    def __init__(self, world: World) -> None:
        super().__init__(FakeNotifications())
        self.world = world

    def put_back(self, watched: Watched) -> None:
        self.world.reach("watch")


@dataclass
class _Outbox:
    world: World
    point: str = ""

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        self.world.reach(self.point or "no point")
        for delivery in deliveries:
            self.world.put(delivery)
        self.world.reach(f"{self.point}_sent")
        return []


@dataclass
class _Crashing:
    """The state table, with the crash points around its writes."""

    world: World

    def write(self, records: Sequence[DeliveryRecord]) -> list[DeliveryRecord | None]:
        claiming = any(record.state is State.SENDING for record in records)
        self.world.reach("claim" if claiming else "record")
        self._look_for_deadlines(records)
        stored = self.world.states.write(records)
        self.world.reach("claimed" if claiming else "recorded")
        return [
            None if record.key in self.world.answers_lost else found
            for record, found in zip(records, stored, strict=True)
        ]

    def _look_for_deadlines(self, records: Sequence[DeliveryRecord]) -> None:
        """By when ACCEPTED is stored, its receipt's deadline is set, if the queue took it."""
        set_for = {deadline.delivery.key for deadline in self.world.deadlines}
        for record in records:
            accepted = record.state is State.ACCEPTED and awaits_receipt(self.world.sent[record.key])
            if accepted and record.key not in set_for and not self.world.deadlines_away:
                self.world.accepted_unwatched.append(record.key)

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        return self.world.states.read(keys)

    def acknowledged(self, deliveries: Sequence[Delivery]) -> list[bool]:
        return self.world.states.acknowledged(deliveries)
