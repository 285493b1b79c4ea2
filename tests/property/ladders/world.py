"""A hospital's activations with everything around them: the real use cases, over queues with delays and duplicates,
tables in memory, and providers whose own log is the witness."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.core.adapters.queues.escalation_queue import LONGEST_DELAY
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import TemporaryError
from functions.core.domain.escalation.climbing import Region
from functions.core.domain.escalation.ladder import Asked, Look
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.lanes import LANES, outage_pause
from functions.core.domain.routing.producers import Producer
from functions.core.services.acknowledge import Acknowledge
from functions.core.services.deliver import DeliverBatch
from functions.core.services.escalate import Escalate
from functions.core.services.fall_silent import FallSilent
from functions.core.services.fire_step import FireStep
from functions.core.services.follow_up import FollowUp
from functions.core.services.providers import Providers
from functions.core.services.route import Retry, RouteBatch
from functions.core.services.sweep_ladders import SweepLadders
from statline.contract.words import Answer, Channel, Priority, Via
from tests.fakes.acknowledgements import FakeReplyBook
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT
from tests.fakes.escalation import FakeLadders
from tests.fakes.notifications import FakeNotifications
from tests.fakes.provider_standings import FakeProviderStandings
from tests.fakes.queues import FakeQuarantine, FakeReceiptDeadlines
from tests.property.ladders.faults import Faults, Killed, Port
from tests.property.ladders.witnesses import Call, NoAddressBook, Provider, Remembering, Watched
from tests.unit.escalation.bench import FakeCalls, FakeFigures

SWEEP = timedelta(minutes=1)
HIDDEN = timedelta(seconds=10)
"""How long the escalation queue hides a message that a worker has taken."""
BATCH = 10


@dataclass
class Message:
    """A message on a queue, which is seen from a moment on."""

    body: Any
    visible_at: datetime
    receives: int = 0


@dataclass
class World:
    """Everything outside the workers."""

    clock: FakeClock = field(default_factory=FakeClock)
    states: FakeDeliveryStates = field(default_factory=FakeDeliveryStates)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    ladders: FakeLadders = field(default_factory=FakeLadders)
    figures: FakeFigures = field(default_factory=FakeFigures)
    ingress: list[Message] = field(default_factory=list)
    looks: list[Message] = field(default_factory=list)
    deliveries: dict[Channel, list[Message]] = field(default_factory=lambda: {channel: [] for channel in Channel})
    answers: dict[Channel, str] = field(default_factory=lambda: dict.fromkeys(Channel, "accepted"))
    calls: list[Call] = field(default_factory=list)
    late_calls: list[Delivery] = field(default_factory=list)
    delayed: timedelta = timedelta()
    next_sweep: datetime = NOON + SWEEP
    workers: int = 0
    seen: dict[DeliveryKey, bool] = field(default_factory=dict)
    """What the channel's worker that is at work now has read: whether each delivery is to be silent."""

    def __post_init__(self) -> None:
        self.ladders.notifications = self.notifications
        self.acknowledgements = Remembering(self.states)
        self.book = FakeReplyBook()
        self.faults = Faults(self.clock)
        self.providers = {channel: Provider(self, channel) for channel in Channel}

    # the ports of the workers

    def port(self, name: str, port: object) -> Any:
        return Port(self.faults, name, port)

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """The channels' queues."""
        for delivery in deliveries:
            self.deliveries[delivery.key.channel].append(Message(delivery, self.clock()))
        return []

    def look(self, looks: Sequence[Look]) -> None:
        """The escalation queue: whole seconds of delay, at most fifteen minutes, and sometimes more."""
        for each in looks:
            wait = min(max((each.wake_at or self.clock()) - self.clock(), timedelta()), LONGEST_DELAY)
            whole = timedelta(seconds=math.ceil(wait.total_seconds()))
            self.looks.append(Message(each, self.clock() + whole + self.delayed))

    # the workers

    def route(self) -> None:
        """One router takes what the stat lane's ingress queue shows."""
        taken = self._take(self.ingress, LANES[Priority.STAT].visibility)
        batch = [Ingress(f"m-{id(message)}", message.body, "ward", Priority.STAT) for message in taken]
        route = RouteBatch(
            directory=self.port("directory", self.directory),
            notifications=self.port("notifications", self.notifications),
            outbox=self.port("outbox", self),
            quarantine=FakeQuarantine(),
            producers={"ward": Producer("ward-app", frozenset({TENANT}), frozenset(Priority))},
            clock=self.clock,
            escalation=self.port("escalation", self),
            acknowledgements=self.port("acknowledgements", self.acknowledgements),
        )
        answers: list[Any] = []
        if self._survive(lambda: answers.extend(route(batch))):
            done = [id(message) for message, each in zip(taken, answers, strict=True) if not isinstance(each, Retry)]
            self.ingress = [message for message in self.ingress if id(message) not in done]
            if len(done) < len(taken):
                self.faults.strike()

    def say(self, activation: str, user: str, answer: Answer, via: Via) -> None:
        """Somebody answers; whether it is taken down or not, nobody says it again."""
        acknowledge = Acknowledge(
            self.port("notifications", self.notifications),
            self.port("ladders", self.ladders),
            self.port("acknowledgements", self.acknowledgements),
            self.port("escalation", self),
            self.clock,
        )
        self._survive(lambda: acknowledge(TENANT, activation, user, answer, via))

    def escalate(self) -> None:
        """One worker takes what the escalation queue shows, up to a batch, as a mapping would."""
        taken = self._take(self.looks, HIDDEN)
        by_activation: dict[tuple[str, str], list[Message]] = {}
        for message in taken:
            by_activation.setdefault((message.body.tenant, message.body.activation), []).append(message)
        done: list[Message] = []

        def work() -> None:
            for (tenant, activation), messages in by_activation.items():
                if self._look(tenant, activation, messages):
                    done.extend(messages)

        if self._survive(work):
            self.looks = [message for message in self.looks if not any(message is each for each in done)]

    def _look(self, tenant: str, activation: str, messages: Sequence[Message]) -> bool:
        moments = [each.body.wake_at for each in messages if each.body.wake_at]
        asked = Asked(
            tenant,
            activation,
            timers=frozenset(moments),
            again=any(each.receives > 1 for each in messages),
            told=any(each.body.role is None for each in messages),
            hops=max(each.body.hops for each in messages),
        )
        try:
            self._escalate()(asked)
        except TemporaryError:
            self.faults.strike()
            for each in messages:
                each.visible_at = self.clock() + (outage_pause(each.receives) or HIDDEN)
            return False
        return True

    def _escalate(self) -> Escalate:
        notifications, states = self.port("notifications", self.notifications), self.port("states", self.states)
        outbox = self.port("outbox", self)
        return Escalate(
            notifications=notifications,
            states=states,
            ladders=self.port("ladders", self.ladders),
            acknowledgements=self.port("acknowledgements", self.acknowledgements),
            escalation=self.port("escalation", self),
            fire=FireStep(
                directory=self.port("directory", self.directory),
                notifications=notifications,
                reply_book=self.port("book", self.book),
                outbox=outbox,
                region=Region(frozenset(Channel)),
                clock=self.clock,
            ),
            silent=FallSilent(notifications, states, FakeCalls(), outbox, self.clock),
            figures=self.figures,
            clock=self.clock,
        )

    def deliver(self, channel: Channel) -> None:
        """One worker takes what a channel's queue shows."""
        queue = self.deliveries[channel]
        taken = self._take(queue, LANES[Priority.STAT].visibility)
        batch = [message.body for message in taken]
        before = len(self.calls)
        self.workers += 1
        self.seen = {}
        use_case = DeliverBatch(
            states=self.port("states", Watched(self)),
            providers=Providers(channel, [self.providers[channel]], FakeProviderStandings(), self.clock),
            outbox=self.port("outbox", self),
            follow_up=FollowUp(FakeReceiptDeadlines(), self.port("escalation", self)),
            address_book=NoAddressBook(),
            clock=self.clock,
        )
        verdicts: list[Any] = []
        if not self._survive(lambda: verdicts.extend(use_case(batch, f"worker-{self.workers}"))):
            self.calls[before:] = [self._as_stored(call) for call in self.calls[before:]]
            return
        for message, verdict in zip(taken, verdicts, strict=True):
            if verdict.again_in is None:
                queue[:] = [each for each in queue if each is not message]
            else:
                message.visible_at = self.clock() + verdict.again_in

    def sweep(self) -> None:
        sweep = SweepLadders(
            self.port("ladders", self.ladders), self.port("escalation", self), self.figures, self.clock
        )
        self._survive(sweep)

    def _as_stored(self, call: Call) -> Call:
        """What a call whose worker died came to: the table has its answer, or nobody has."""
        stored = self.states.stored.get(call.delivery.key)
        told = stored is not None and stored.state is State.ACCEPTED
        return Call(call.delivery, call.at, call.answer, told=told)

    def _take(self, queue: list[Message], hidden: timedelta) -> list[Message]:
        taken = [message for message in queue if message.visible_at <= self.clock()][:BATCH]
        for message in taken:
            message.receives += 1
            message.visible_at = self.clock() + hidden
        return taken

    def _survive(self, work: Callable[[], object]) -> bool:
        """Whether the worker lived, and met no outage that ended it."""
        try:
            work()
        except (Killed, TemporaryError):
            self.faults.strike()
            return False
        return True

    # time

    def run(self, seconds: float) -> None:
        """Time passes, from one event to the next."""
        end = self.clock() + timedelta(seconds=seconds)
        while True:
            self._settle()
            moments = [message.visible_at for queue in self._queues() for message in queue]
            upcoming = min([*moments, self.next_sweep])
            if upcoming > end:
                self.clock.now = end
                return
            self.clock.now = max(upcoming, self.clock())
            if self.clock() >= self.next_sweep:
                self.next_sweep += SWEEP
                self.sweep()

    def _queues(self) -> list[list[Message]]:
        return [self.ingress, self.looks, *self.deliveries.values()]

    def _settle(self) -> None:
        """Let workers take everything that is visible now."""
        for _ in range(1_000):
            busy = False
            if any(message.visible_at <= self.clock() for message in self.ingress):
                self.route()
                busy = True
            for channel, queue in self.deliveries.items():
                if any(message.visible_at <= self.clock() for message in queue):
                    self.deliver(channel)
                    busy = True
            if any(message.visible_at <= self.clock() for message in self.looks):
                self.escalate()
                busy = True
            if not busy:
                return
        raise AssertionError("the queues never come to rest: something sends itself again and again")
