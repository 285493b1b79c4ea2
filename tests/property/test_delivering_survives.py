"""A model check of queues, claim, acknowledgement and two providers: workers die anywhere, race, answers get lost.

Receipts come or stay away, and the deadlines of accepted stats strike. Whatever happened: nobody was called past an
acknowledgement or twice without a reason, and an accepted stat that no receipt came for has gone its next way.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from functions.core.domain.delivering.delivery import DeliveryKey, next_way
from functions.core.domain.delivering.receipt_deadlines import RECEIPT_LATE
from functions.core.domain.delivering.states import SETTLED, TRANSITIONS, State
from functions.core.domain.escalation.ladder import Look
from statline.contract.words import Channel, Priority
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.property.delivering_world import (
    ANSWERS,
    BY_THE_SECOND,
    CRASH_POINTS,
    LATE_CRASH_POINTS,
    PROVIDERS,
    Message,
    World,
)


class Delivering(RuleBasedStateMachine):
    """Random lives of deliveries."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.sent = 0

    @rule(
        channel=st.sampled_from(Channel),
        priority=st.sampled_from(Priority),
        role=st.sampled_from([None, "leader"]),
        provider=st.sampled_from(["", *PROVIDERS]),
    )
    def accept(self, channel: Channel, priority: Priority, role: str | None, provider: str) -> None:
        self.sent += 1
        others = (a_fallback(Channel.VOICE),) if channel is not Channel.VOICE else ()
        fallbacks = (*others, BY_THE_SECOND) if priority is Priority.STAT else ()
        delivery = a_delivery(
            channel,
            priority,
            notification=f"n-{self.sent}",
            roles=(role,) if role else (),
            provider=provider,
            fallbacks=fallbacks,
            expires_at=self.world.clock() + timedelta(hours=1),
        )
        self.world.put(delivery)

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

    @rule(answer=st.sampled_from(sorted(ANSWERS)), deadlines=st.booleans(), escalation=st.booleans())
    def work_while_queues_of_ours_are_away(self, answer: str, deadlines: bool, escalation: bool) -> None:
        self.world.answer = answer
        self.world.deadlines_away, self.world.escalation_away = deadlines, escalation
        self.world.work()
        self.world.deadlines_away = self.world.escalation_away = False

    @rule()
    def another_environment_is_started(self) -> None:
        self.world.start_afresh()

    @rule(which=st.integers(0, 9), state=st.sampled_from([State.DELIVERED, State.READ, State.UNDELIVERED]))
    def a_receipt_comes(self, which: int, state: State) -> None:
        accepted = [r for r in self.world.states.stored.values() if r.state is State.ACCEPTED]
        for record in accepted[which : which + 1]:
            if state is State.UNDELIVERED:
                self.world.open_next_way(record.key)  # as who records receipts does
            self.world.states.write([record.moved(state, self.world.clock())])

    @rule(crash_at=st.sampled_from([None, *LATE_CRASH_POINTS]), seconds=st.sampled_from([0, 30, 60]))
    def deadlines_strike(self, crash_at: str | None, seconds: int) -> None:
        self.world.clock.advance(seconds)
        self.world.crash_at = crash_at
        self.world.strike()
        self.world.crash_at = None

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
    def a_delivery_is_called_by_the_provider_that_its_claim_names(self) -> None:
        if hasattr(self, "world"):
            assert self.world.wrong_provider == []

    @invariant()
    def an_accepted_stat_had_its_deadline_set_before(self) -> None:
        if hasattr(self, "world"):
            assert self.world.accepted_unwatched == []

    @invariant()
    def the_same_key_is_one_delivery(self) -> None:
        """The text that a key stands for is the one that was first put on a queue under it."""
        if hasattr(self, "world"):
            assert self.world.mixed_up == []

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
        for _ in range(400):
            if not self.world.queue and not self.world.deadlines:
                break
            self.world.work()
            self.world.strike()
            self.world.clock.advance(5)
        assert self.world.queue == []
        assert self.world.deadlines == []
        unsettled = {
            k: self.world.states.stored[k].state for k in accepted if self.world.states.stored[k].state not in SETTLED
        }
        assert unsettled == {}
        self._a_failed_stat_went_another_way()
        self._an_accepted_stat_without_a_receipt_went_another_way()
        self._an_activation_was_looked_at_after_each_failure()

    def _an_accepted_stat_without_a_receipt_went_another_way(self) -> None:
        for key, record in self.world.states.stored.items():
            delivery = self.world.sent[key]
            way = next_way(delivery)
            if record.state is not State.ACCEPTED or way is None or self.world.states.is_silent(delivery):
                continue
            if self.world.clock() >= delivery.expires_at:
                continue  # some deadlines struck when it was too late to go anywhere
            assert record.reason == RECEIPT_LATE, key
            assert way.key in self.world.states.stored, key

    def _an_activation_was_looked_at_after_each_failure(self) -> None:
        for key, record in self.world.states.stored.items():
            if record.state in {State.FAILED, State.EXPIRED} and self.world.sent[key].roles:
                assert Look(key.tenant, key.notification) in self.world.looks, key

    def _a_failed_stat_went_another_way(self) -> None:
        counted = Counter(key.notification for key in self.world.states.stored)
        for key, record in self.world.states.stored.items():
            if record.state is State.FAILED and record.priority is Priority.STAT and key.channel is not Channel.VOICE:
                assert counted[key.notification] > 1, key


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
