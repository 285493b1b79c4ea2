"""A model check of queue, claim, acknowledgement and provider: workers die anywhere, race, and answers get lost.

The provider's own call log is the witness, as it is for the laptop cloud's tests: our table could flatter us.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from functions.core.domain.delivery import Delivery, DeliveryKey
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.lanes import LANES
from functions.core.domain.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.record import DeliveryRecord
from functions.core.domain.states import SETTLED, TRANSITIONS, State
from functions.core.services.deliver import DeliverBatch
from functions.core.services.follow_up import FollowUp
from statline.contract.words import Channel, Priority
from tests.fakes.clock import FakeClock
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.escalation import FakeEscalation
from tests.fakes.provider_standings import the_only
from tests.fakes.queues import FakeReceiptDeadlines

ANSWERS: dict[str, Outcome] = {
    "accepted": Accepted("p-1"),
    "throttled": RetryLater("throttled"),
    "refused": NeverRetry("refused", address_is_dead=True),
    "lost": Unknown("timeout"),
}
CRASH_POINTS = ("claim", "claimed", "call", "called", "record", "recorded", "delete")


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs on, no handler, no `finally` of ours."""


@dataclass
class Message:
    """A message on the fake queue."""

    delivery: Delivery
    visible_at: datetime
    receives: int = 0


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
    name: str = "fake"
    workers: int = 0

    def reach(self, point: str) -> None:
        """Die here, if the test says so; a worker dies once."""
        if self.crash_at == point:
            self.crash_at = None
            raise Killed(point)

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """The provider. What it was asked is in its log whatever happens to the worker."""
        self.reach("call")
        for delivery in deliveries:
            if self.states.is_silent(delivery):
                self.late_calls.append(delivery.key)
            self.calls.append((delivery.key, self.answer, len(self.states.history)))
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        self.reach("called")
        return [ANSWERS[self.answer] for _ in deliveries]

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """The address book: nothing to see here."""

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
            providers=the_only(self, self.clock),
            outbox=_Outbox(self),
            follow_up=FollowUp(FakeReceiptDeadlines(), FakeEscalation()),
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


@dataclass
class _Outbox:
    world: World

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        self.world.queue += [Message(d, self.world.clock()) for d in deliveries]
        return []


@dataclass
class _Crashing:
    """The state table, with the crash points around its writes."""

    world: World

    def write(self, records: Sequence[DeliveryRecord]) -> list[DeliveryRecord | None]:
        claiming = any(record.state is State.SENDING for record in records)
        self.world.reach("claim" if claiming else "record")
        stored = self.world.states.write(records)
        self.world.reach("claimed" if claiming else "recorded")
        return [
            None if record.key in self.world.answers_lost else found
            for record, found in zip(records, stored, strict=True)
        ]

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        return self.world.states.read(keys)

    def acknowledged(self, deliveries: Sequence[Delivery]) -> list[bool]:
        return self.world.states.acknowledged(deliveries)


class Delivering(RuleBasedStateMachine):
    """Random lives of deliveries."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.sent = 0

    @rule(channel=st.sampled_from(Channel), priority=st.sampled_from(Priority), role=st.sampled_from([None, "leader"]))
    def accept(self, channel: Channel, priority: Priority, role: str | None) -> None:
        self.sent += 1
        fallbacks = (a_fallback(Channel.VOICE),) if priority is Priority.STAT and channel is not Channel.VOICE else ()
        delivery = a_delivery(
            channel,
            priority,
            notification=f"n-{self.sent}",
            roles=(role,) if role else (),
            fallbacks=fallbacks,
            expires_at=self.world.clock() + timedelta(hours=1),
        )
        self.world.queue.append(Message(delivery, self.world.clock()))

    @rule()
    def duplicate(self) -> None:
        """SQS delivers at least once."""
        if self.world.queue:
            self.world.queue.append(Message(self.world.queue[0].delivery, self.world.clock()))

    @rule(answer=st.sampled_from(sorted(ANSWERS)), crash_at=st.sampled_from([None, *CRASH_POINTS]))
    def work(self, answer: str, crash_at: str | None) -> None:
        self.world.answer, self.world.crash_at = answer, crash_at
        self.world.work()
        self.world.crash_at = None

    @rule(answer=st.sampled_from(sorted(ANSWERS)), seconds=st.sampled_from([0, 5, 9, 10, 60]))
    def work_while_another_does(self, answer: str, seconds: int) -> None:
        """The first worker's call takes so long that a second one is handed the same messages."""

        def meanwhile() -> None:
            self.world.clock.advance(seconds)
            self.world.work()

        self.world.answer, self.world.meanwhile = answer, meanwhile
        self.world.work()
        self.world.meanwhile = None

    @rule(answer=st.sampled_from(sorted(ANSWERS)), written=st.booleans(), which=st.integers(0, 3))
    def work_while_the_table_leaves_a_write_unanswered(self, answer: str, written: bool, which: int) -> None:
        """Throttled for one key: what was written may be there or not."""
        keys = {message.delivery.key for message in self.world.queue[which : which + 1]}
        self.world.answer = answer
        unanswered = self.world.answers_lost if written else self.world.states.unanswered
        unanswered |= keys
        self.world.work()
        unanswered.clear()

    @rule(answer=st.sampled_from(sorted(ANSWERS)))
    def work_while_the_table_cannot_be_read(self, answer: str) -> None:
        self.world.answer = answer
        self.world.states.unreadable = True
        self.world.work()
        self.world.states.unreadable = False

    @rule()
    def acknowledge(self) -> None:
        for message in self.world.queue:
            if message.delivery.roles:
                self.world.states.acknowledge(message.delivery)
                return

    @rule(seconds=st.sampled_from([0.5, 1, 3, 9, 10, 50, 400]))
    def wait(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    @invariant()
    def no_call_starts_after_its_worker_could_see_the_acknowledgement(self) -> None:
        if hasattr(self, "world"):
            assert self.world.late_calls == []

    @invariant()
    def a_second_call_follows_a_word_that_explains_it(self) -> None:
        """Between two calls for one delivery lies UNKNOWN, or an answer that said "certainly not sent"."""
        if not hasattr(self, "world"):
            return
        earlier: dict[DeliveryKey, tuple[str, int]] = {}
        for key, answer, written in self.world.calls:
            if key in earlier:
                last_answer, then = earlier[key]
                between = {r.state for r in self.world.states.history[then:written] if r.key == key}
                assert State.UNKNOWN in between or last_answer == "throttled", (key, last_answer, between)
            earlier[key] = (answer, written)

    @invariant()
    def every_step_is_in_the_table(self) -> None:
        if not hasattr(self, "world"):
            return
        last: dict[DeliveryKey, State] = {}
        for record in self.world.states.history:
            before = last.get(record.key)
            assert record.state is before or record.state in TRANSITIONS[before]
            last[record.key] = record.state

    def teardown(self) -> None:
        """Left alone with healthy workers and a provider that answers, everything accepted comes to an end."""
        if not hasattr(self, "world"):
            return
        accepted = {m.delivery.key for m in self.world.queue} | set(self.world.states.stored)
        self.world.answer = "accepted"
        for _ in range(200):
            if not self.world.queue:
                break
            self.world.work()
            self.world.clock.advance(5)
        assert self.world.queue == []
        unsettled = {
            k: self.world.states.stored[k].state for k in accepted if self.world.states.stored[k].state not in SETTLED
        }
        assert unsettled == {}
        self._a_failed_stat_went_another_way()

    def _a_failed_stat_went_another_way(self) -> None:
        counted = Counter(key.notification for key in self.world.states.stored)
        for key, record in self.world.states.stored.items():
            if record.state is State.FAILED and record.priority is Priority.STAT and key.channel is not Channel.VOICE:
                assert counted[key.notification] > 1, key


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
