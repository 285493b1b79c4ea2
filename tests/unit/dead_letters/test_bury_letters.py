"""The use case over the ports in memory: another way at once, the producer told, the letter kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from functions.core.adapters.state.items import to_item
from functions.core.adapters.state.notification_items import item_of_refusal
from functions.core.adapters.state.stream import event_of
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim, first_record
from functions.core.domain.delivering.states import SETTLED, State
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import plan_of
from functions.core.domain.routing.refusals import Reason, Refusal
from functions.core.services.bury import BuryLetters, DeadDelivery, DeadMessage, Letter
from functions.core.services.route import read_snapshot
from statline.contract.events import DeliveryStateChanged, MessageRefused
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import a_device, a_phone, a_user
from tests.fakes.escalation import FakeEscalation
from tests.fakes.messages import a_body, a_notification
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox, FakeQuarantine
from tests.fakes.stream import changes

STAT = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(Channel.SMS), a_fallback(Channel.VOICE)))
DEAD = "dead_letter"


@dataclass
class Cemetery:
    """The dead-letter function with everything around it in memory."""

    states: FakeDeliveryStates = field(default_factory=FakeDeliveryStates)
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    escalation: FakeEscalation = field(default_factory=FakeEscalation)
    clock: FakeClock = field(default_factory=FakeClock)
    staying: list[tuple[str, str]] = field(default_factory=list)

    def bury(self, *letters: Letter) -> list[bool]:
        ports = (self.states, self.notifications, self.outbox, self.quarantine, self.escalation, self.clock)
        return BuryLetters(*ports, stays=self._stays)(letters)

    def _stays(self, letter: Letter, cause: Exception) -> None:
        self.staying.append((letter.message_id, type(cause).__name__))

    def event_of_last_move(self) -> DeliveryStateChanged:
        *_, last = changes([to_item(record) for record in self.states.history])
        event = event_of(last)
        assert isinstance(event, DeliveryStateChanged)
        return event


@pytest.fixture
def cemetery() -> Cemetery:
    return Cemetery()


def a_letter(delivery: Delivery | None = STAT, name: str = "m-1") -> DeadDelivery:
    return DeadDelivery(name, "the body", delivery)


def in_state(state: State) -> Sequence[DeliveryRecord]:
    """The records of the stat on its way to a state."""
    claim = first_claim(STAT, Worker("w-1", "fcm", NOON))
    if state is State.SENDING:
        return [claim]
    if state is State.READ:
        return [claim, delivered := claim.moved(State.DELIVERED, NOON), delivered.moved(state, NOON)]
    return [claim, claim.moved(state, NOON)]


# Deliveries


def test_a_dead_stat_goes_another_way_at_once(cemetery: Cemetery) -> None:
    assert cemetery.bury(a_letter()) == [True]

    (way,) = cemetery.outbox.sent
    assert (way.key.channel, way.key.recipient, way.fallbacks) == (Channel.SMS, "u-17", STAT.fallbacks[1:])
    assert cemetery.quarantine.kept == [("the body", DEAD)]


def test_the_producer_is_told_of_a_delivery_that_no_worker_ever_claimed(cemetery: Cemetery) -> None:
    cemetery.bury(a_letter())
    event = cemetery.event_of_last_move()
    assert (event.delivery, event.state, event.previous) == (STAT.key.id, State.FAILED, None)
    assert (event.reason, event.at) == (DEAD, NOON)


@pytest.mark.parametrize("state", sorted(set(State) - SETTLED))
def test_the_producer_is_told_of_a_delivery_that_workers_gave_up_on(cemetery: Cemetery, state: State) -> None:
    for record in in_state(state):
        cemetery.states.write([record])

    assert cemetery.bury(a_letter()) == [True]

    event = cemetery.event_of_last_move()
    assert (event.state, event.previous, event.reason, event.attempt) == (State.FAILED, state, DEAD, 1)
    assert len(cemetery.outbox.sent) == 1


@pytest.mark.parametrize("state", sorted(SETTLED))
def test_a_letter_of_a_settled_delivery_is_only_removed(cemetery: Cemetery, state: State) -> None:
    for record in in_state(state):
        cemetery.states.write([record])
    before = list(cemetery.states.history)

    assert cemetery.bury(a_letter()) == [True]

    assert cemetery.states.history == before
    assert cemetery.outbox.sent == []
    assert cemetery.quarantine.kept == []


def test_a_stat_without_another_way_has_failed_and_is_kept(cemetery: Cemetery) -> None:
    assert cemetery.bury(a_letter(STAT.model_copy(update={"fallbacks": ()}))) == [True]
    assert cemetery.outbox.sent == []
    assert cemetery.quarantine.kept == [("the body", DEAD)]
    assert cemetery.event_of_last_move().state == State.FAILED


def test_a_letter_that_is_no_delivery_is_kept(cemetery: Cemetery) -> None:
    assert cemetery.bury(a_letter(None)) == [True]
    assert cemetery.quarantine.kept == [("the body", DEAD)]
    assert cemetery.states.history == []


def test_a_letter_that_comes_twice_is_told_of_once(cemetery: Cemetery) -> None:
    cemetery.bury(a_letter())
    assert cemetery.bury(a_letter()) == [True]
    assert len(cemetery.states.history) == len(cemetery.outbox.sent) == 1


def test_a_worker_that_comes_in_between_is_not_overwritten(cemetery: Cemetery) -> None:
    """A copy was accepted while the letter was taken up: the letter stays, and is only removed the next time."""
    claim, accepted = in_state(State.ACCEPTED)

    def a_worker_is_first(record: DeliveryRecord) -> None:
        if record.state is State.FAILED and not cemetery.states.history:
            cemetery.states.write([claim])
            cemetery.states.write([accepted])

    cemetery.states.before_write = a_worker_is_first

    assert cemetery.bury(a_letter()) == [False]
    assert cemetery.bury(a_letter()) == [True]
    assert cemetery.states.stored[STAT.key] == accepted


# Temporary failures


def test_while_the_state_table_is_away_the_letter_stays_and_nothing_is_done(cemetery: Cemetery) -> None:
    cemetery.states.away = True
    assert cemetery.bury(a_letter()) == [False]
    assert cemetery.outbox.sent == []
    assert cemetery.quarantine.kept == []


def test_while_the_quarantine_takes_nothing_the_letter_stays(cemetery: Cemetery) -> None:
    cemetery.quarantine.away = True
    assert cemetery.bury(a_letter(), a_letter(None, "m-2"), DeadMessage("m-3", a_body())) == [False, False, False]
    assert cemetery.states.history == []
    assert cemetery.notifications.refusals == {}


def test_a_stat_goes_its_next_way_though_the_quarantine_takes_nothing(cemetery: Cemetery) -> None:
    cemetery.quarantine.away = True
    cemetery.bury(a_letter())
    assert [way.key.channel for way in cemetery.outbox.sent] == [Channel.SMS]


def test_a_letter_that_meets_an_error_of_ours_stays_and_holds_up_no_other(cemetery: Cemetery) -> None:
    other = a_delivery(Channel.PUSH, Priority.STAT, recipient="u-2")

    def stumble(record: DeliveryRecord) -> None:
        if record.key == STAT.key:
            raise ValueError("a record that nobody thought of")

    cemetery.states.before_write = stumble

    assert cemetery.bury(a_letter(), a_letter(other, "m-2")) == [False, True]
    assert cemetery.staying == [("m-1", "ValueError")]


def test_a_stat_is_not_failed_while_no_queue_takes_its_next_way(cemetery: Cemetery) -> None:
    cemetery.outbox.closed.add((Channel.SMS, Priority.STAT))
    assert cemetery.bury(a_letter()) == [False]
    assert cemetery.states.history == []

    cemetery.outbox.closed.clear()
    assert cemetery.bury(a_letter()) == [True]
    assert cemetery.event_of_last_move().state == State.FAILED


def test_a_letter_that_has_to_stay_does_not_hold_up_the_others(cemetery: Cemetery) -> None:
    to_voice = a_delivery(Channel.PUSH, Priority.STAT, recipient="u-2", fallbacks=(a_fallback(Channel.VOICE),))
    cemetery.outbox.closed.add((Channel.SMS, Priority.STAT))
    assert cemetery.bury(a_letter(), a_letter(to_voice, "m-2")) == [False, True]


# Messages


def a_kept_plan(cemetery: Cemetery, body: str) -> Plan:
    """What the router kept of a message before it was lost."""
    notification = a_notification(**json.loads(body))
    snapshot = read_snapshot(FakeDirectory([a_user(), a_device(), a_phone()]), [notification], NOON)
    return cemetery.notifications.keep(plan_of(notification, snapshot, producer="ward-app", now=NOON))


def test_a_message_whose_plan_was_kept_is_sent_and_not_refused(cemetery: Cemetery) -> None:
    """The router was lost between the plan and its deliveries: refused, its producer would be told what is not so."""
    body = a_body(priority="stat")
    plan = a_kept_plan(cemetery, body)
    cemetery.outbox.closed.add((Channel.SMS, Priority.STAT))
    assert cemetery.bury(DeadMessage("m-1", body)) == [False]

    cemetery.outbox.closed.clear()
    cemetery.outbox.sent.clear()
    assert cemetery.bury(DeadMessage("m-1", body)) == [True]

    assert cemetery.outbox.sent == list(plan.deliveries)
    assert cemetery.notifications.refusals == {}


def test_a_dead_message_under_the_id_of_another_one_is_refused(cemetery: Cemetery) -> None:
    a_kept_plan(cemetery, a_body(priority="stat"))
    assert cemetery.bury(DeadMessage("m-1", a_body(priority="stat", kind="code"))) == [True]
    assert cemetery.outbox.sent == []
    assert [refusal.reason for refusal in cemetery.notifications.refusals.values()] == [Reason.DEAD_LETTER]


def test_a_message_that_the_router_could_not_process_is_refused_and_kept(cemetery: Cemetery) -> None:
    body = a_body(priority="stat")

    assert cemetery.bury(DeadMessage("m-1", body)) == [True]

    (refusal,) = cemetery.notifications.refusals.values()
    assert refusal == Refusal("m-1", Reason.DEAD_LETTER, NOON, Priority.STAT, tenant="northshore", notification="n-1")
    assert cemetery.quarantine.kept == [(body, DEAD)]
    (change,) = changes([item_of_refusal(refusal)])
    event = event_of(change)
    assert isinstance(event, MessageRefused)
    assert (event.tenant, event.notification, event.message_id) == ("northshore", "n-1", "m-1")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("no json", ("", "")),
        (a_body(recipients="nobody"), ("northshore", "n-1")),
        (a_body(tenant="NOT A TENANT"), ("", "n-1")),
    ],
)
def test_a_dead_message_that_cannot_be_read_is_refused_by_what_it_says_of_itself(
    cemetery: Cemetery, body: str, names: tuple[str, str]
) -> None:
    assert cemetery.bury(DeadMessage("m-1", body)) == [True]
    (refusal,) = cemetery.notifications.refusals.values()
    assert (refusal.reason, refusal.tenant, refusal.notification) == (Reason.DEAD_LETTER, *names)


def test_while_the_refusal_cannot_be_recorded_the_message_stays(cemetery: Cemetery) -> None:
    cemetery.notifications.away = True
    assert cemetery.bury(DeadMessage("m-1", a_body())) == [False]


def test_a_record_that_was_never_claimed_is_written_as_the_first_one(cemetery: Cemetery) -> None:
    cemetery.bury(a_letter())
    assert cemetery.states.stored[STAT.key] == first_record(STAT, State.FAILED, NOON, reason=DEAD)


# Activations


def test_an_activation_whose_delivery_died_is_looked_at(cemetery: Cemetery) -> None:
    step = a_delivery(Channel.VOICE, Priority.STAT, notification="n-1~leader~1~1", roles=("leader",))

    assert cemetery.bury(a_letter(step)) == [True]

    assert cemetery.escalation.looks == [Look("northshore", "n-1")]


def test_a_delivery_that_nobody_is_to_answer_has_nothing_looked_at(cemetery: Cemetery) -> None:
    cemetery.bury(a_letter())

    assert cemetery.escalation.looks == []


def test_a_look_that_the_queue_did_not_take_is_asked_for_when_the_letter_comes_again(cemetery: Cemetery) -> None:
    call = a_delivery(Channel.VOICE, Priority.STAT, roles=("leader",))
    cemetery.escalation.away = True
    assert cemetery.bury(a_letter(call)) == [False]
    cemetery.escalation.away = False

    assert cemetery.bury(a_letter(call)) == [True]

    assert cemetery.escalation.looks == [Look("northshore", "n-1")]


def test_an_activation_whose_message_died_behind_its_plan_is_sent_and_climbs(cemetery: Cemetery) -> None:
    body = a_body(priority="stat", kind="code")
    plan = a_kept_plan(cemetery, body)

    assert cemetery.bury(DeadMessage("m-1", body)) == [True]

    assert cemetery.outbox.sent == list(plan.deliveries)
    assert cemetery.escalation.looks == [Look("northshore", "n-1")]
