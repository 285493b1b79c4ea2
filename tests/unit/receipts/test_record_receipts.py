"""Receipts recorded: what is stored, and what a stat does that was not delivered."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.delivery import Delivery, next_way
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim
from functions.core.domain.delivering.standing import standing_of, ways_of
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.receipts.receipt_states import Receipt
from functions.core.domain.routing.watching import watch_of
from functions.core.services.plan_shelf import PlanShelf
from functions.core.services.record_receipts import ReceiptTooEarlyError, Recorded, RecordReceipt
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.escalation import FakeEscalation
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox
from tests.fakes.watch_list import FakeWatchList
from tests.unit.answers.scene import a_plan

TEXT = a_delivery(
    Channel.SMS, Priority.STAT, notification="code-1", roles=("leader",), fallbacks=(a_fallback(),), push=None
)
WAY = next_way(TEXT)


class House:
    """A stat text that was accepted, with a call as its next way."""

    def __init__(self, delivery: Delivery = TEXT) -> None:
        self.clock = FakeClock()
        self.states = FakeDeliveryStates()
        self.notifications = FakeNotifications()
        self.watch_list = FakeWatchList(self.notifications)
        self.outbox = FakeOutbox()
        self.escalation = FakeEscalation()
        self.delivery = delivery
        self.plan = self.notifications.keep(a_plan(delivery, priority=delivery.priority))
        self.claim = first_claim(delivery, Worker("w-1", "sms", NOON))
        self.states.write([self.claim])
        self.clock.advance(3)

    @property
    def stored(self) -> DeliveryRecord:
        return self.states.stored[self.delivery.key]

    def accept(self) -> None:
        self.states.write([self.claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, self.clock())])
        watched = watch_of(self.plan)
        self.watch_list.release([watched] if watched else [])

    def hear(self, state: State, provider_id: str = "p-1", reason: str = "", *, seconds: float = 2) -> Recorded:
        receipt = Receipt(self.delivery.key, state, NOON + timedelta(seconds=seconds), "sms", provider_id, reason)
        # A new worker each time: what one of them remembers of a plan, the next one does not.
        record = RecordReceipt(
            states=self.states,
            plans=PlanShelf(self.notifications),
            watch_list=self.watch_list,
            outbox=self.outbox,
            escalation=self.escalation,
            clock=self.clock,
        )
        return record(receipt)

    @property
    def is_watched(self) -> bool:
        return any(each.notification == "code-1" for each in self.watch_list.since(self.delivery.priority))


@pytest.fixture
def house() -> House:
    house = House()
    house.accept()
    return house


def test_the_first_word_that_a_phone_was_reached_says_when(house: House) -> None:
    recorded = house.hear(State.DELIVERED)
    assert (recorded.moved, house.stored.state) == (True, State.DELIVERED)
    assert (recorded.sent_at, recorded.reached_at) == (NOON, NOON + timedelta(seconds=2))
    assert house.hear(State.DELIVERED).reached_at is None
    assert house.hear(State.READ).reached_at is None
    assert house.stored.state is State.READ


def test_read_without_delivered_says_when_it_was_reached(house: House) -> None:
    assert house.hear(State.READ).reached_at == NOON + timedelta(seconds=2)


def test_a_receipt_from_the_future_is_of_now(house: House) -> None:
    assert house.hear(State.DELIVERED, seconds=900).reached_at == house.clock()


def test_delivered_opens_no_other_way_and_has_nothing_looked_at(house: House) -> None:
    house.hear(State.DELIVERED)
    assert (house.outbox.sent, house.escalation.looks, house.is_watched) == ([], [], False)


def test_a_stat_that_was_not_delivered_goes_its_next_way_is_watched_again_and_looked_at(house: House) -> None:
    recorded = house.hear(State.UNDELIVERED, reason="unreachable")
    assert (recorded.moved, house.stored.state, house.stored.reason) == (True, State.UNDELIVERED, "unreachable")
    assert house.outbox.sent == [WAY]
    assert house.is_watched
    assert house.escalation.looks == [Look("northshore", "code-1")]


def test_the_way_that_was_opened_is_waited_for(house: House) -> None:
    """Else nothing would tell that a call which replaces a text is stuck on its queue."""
    house.hear(State.UNDELIVERED)
    records = {way.key: house.states.stored.get(way.key) for way in ways_of(house.plan)}
    standing = standing_of(house.plan, records, house.clock())
    assert (standing.over, set(standing.waiting)) == (False, {Channel.VOICE})


def test_the_next_way_is_on_its_queue_before_the_state_says_undelivered(house: House) -> None:
    house.outbox.closed.add((Channel.VOICE, Priority.STAT))
    with pytest.raises(QueueUnavailableError):
        house.hear(State.UNDELIVERED)
    assert house.stored.state is State.ACCEPTED
    house.outbox.closed.clear()
    house.hear(State.UNDELIVERED)
    assert (house.stored.state, house.outbox.sent) == (State.UNDELIVERED, [WAY])


@pytest.mark.parametrize("away", ["escalation", "watch list"])
def test_a_worker_that_dies_after_storing_undelivered_leaves_the_rest_to_the_next(house: House, away: str) -> None:
    if away == "escalation":
        house.escalation.away = True
        with pytest.raises(QueueUnavailableError):
            house.hear(State.UNDELIVERED)
        house.escalation.away = False
    else:
        house.states.write([house.stored.moved(State.UNDELIVERED, house.clock())])
    assert house.stored.state is State.UNDELIVERED
    house.hear(State.UNDELIVERED)
    assert house.is_watched
    assert house.escalation.looks == [Look("northshore", "code-1")]


def test_undelivered_of_an_older_attempt_opens_nothing() -> None:
    house = House()
    lost = house.claim.with_outcome("timed_out", "p-0").moved(State.UNKNOWN, NOON, reason="timed_out")
    newer = lost.claimed(Worker("w-2", "sms", NOON)).with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)
    for record in (lost, lost.claimed(Worker("w-2", "sms", NOON)), newer):
        house.states.write([record])
    house.hear(State.UNDELIVERED, "p-0")
    assert (house.stored.state, house.outbox.sent, house.escalation.looks) == (State.ACCEPTED, [], [])
    house.hear(State.UNDELIVERED, "p-1")
    assert (house.stored.state, house.outbox.sent) == (State.UNDELIVERED, [WAY])


def test_undelivered_before_our_own_accepted_comes_again() -> None:
    house = House()
    with pytest.raises(ReceiptTooEarlyError):
        house.hear(State.UNDELIVERED)
    house.accept()
    house.hear(State.UNDELIVERED)
    assert (house.stored.state, house.outbox.sent) == (State.UNDELIVERED, [WAY])


def test_a_step_of_escalation_has_its_activation_looked_at() -> None:
    step = TEXT.model_copy(update={"key": TEXT.key.model_copy(update={"notification": "code-1~leader~1~1"})})
    house = House()
    house.notifications.keep(a_plan(step, notification="code-1~leader~1~1", activation=None))
    house.states.write([first_claim(step, Worker("w-1", "sms", NOON)).with_outcome("accepted", "p-1")])
    house.states.write([house.states.stored[step.key].moved(State.ACCEPTED, NOON)])
    house.delivery = step
    house.hear(State.UNDELIVERED)
    assert house.escalation.looks == [Look("northshore", "code-1")]


def test_a_routine_text_that_was_not_delivered_only_says_so() -> None:
    house = House(a_delivery(Channel.SMS, notification="code-1"))
    house.accept()
    house.hear(State.UNDELIVERED, reason="blocked")
    assert (house.stored.state, house.outbox.sent, house.escalation.looks) == (State.UNDELIVERED, [], [])


def test_our_answer_to_a_text_that_was_not_delivered_ends_there() -> None:
    """It has no plan: nobody waits for it."""
    reply = a_delivery(Channel.SMS, Priority.STAT, notification="~reply~text-1")
    house = House()
    house.states.write([first_claim(reply, Worker("w-1", "sms", NOON)).with_outcome("accepted", "p-1")])
    house.states.write([house.states.stored[reply.key].moved(State.ACCEPTED, NOON)])
    house.delivery = reply
    assert house.hear(State.UNDELIVERED).moved
    assert (house.outbox.sent, house.escalation.looks) == ([], [])


def test_a_receipt_of_nothing_that_is_stored_is_no_error() -> None:
    house = House()
    house.states.stored.clear()
    recorded = house.hear(State.DELIVERED)
    assert (recorded.record, recorded.moved) == (None, False)


def test_a_receipt_beside_another_writer_is_recorded_on_what_that_one_wrote() -> None:
    house = House()

    def accepted_meanwhile(record: DeliveryRecord) -> None:
        if record.state is State.DELIVERED and house.stored.state is State.SENDING:
            house.states.stored[TEXT.key] = house.claim.with_outcome("accepted", "p-1").moved(State.ACCEPTED, NOON)

    house.states.before_write = accepted_meanwhile
    house.hear(State.DELIVERED)
    assert (house.stored.state, house.stored.revision) == (State.DELIVERED, 3)
    assert house.stored.attempts[-1].provider_id == "p-1"


@pytest.mark.parametrize("fault", ["unreadable", "unanswered"])
def test_a_receipt_that_the_table_did_not_take_comes_again(house: House, fault: str) -> None:
    if fault == "unreadable":
        house.states.unreadable = True
    else:
        house.states.unanswered.add(TEXT.key)
    with pytest.raises(StoreUnavailableError):
        house.hear(State.DELIVERED)
    house.states.unreadable = False
    house.states.unanswered.clear()
    house.hear(State.DELIVERED)
    assert house.stored.state is State.DELIVERED


def test_plans_are_read_once_and_never_kept_without_end() -> None:
    notifications = FakeNotifications()
    shelf = PlanShelf(notifications)
    assert shelf.find("northshore", "code-1") is None
    notifications.keep(a_plan(TEXT))
    assert shelf.find("northshore", "code-1") is not None
    for number in range(200):
        notifications.keep(a_plan(notification=f"n-{number}"))
        shelf.find("northshore", f"n-{number}")
    notifications.away = True
    assert shelf.find("northshore", "n-199") is not None
    with pytest.raises(StoreUnavailableError):
        shelf.find("northshore", "code-1")
