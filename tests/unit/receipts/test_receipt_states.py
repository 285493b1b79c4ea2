"""Which state follows a receipt: late, twice, out of order, and of which attempt."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim
from functions.core.domain.delivering.states import State
from functions.core.domain.receipts.receipt_states import NOT_YET, Receipt, after_receipt
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery

TEXT = a_delivery(Channel.SMS, Priority.STAT)
LATER = NOON + timedelta(seconds=20)


def claimed() -> DeliveryRecord:
    return first_claim(TEXT, Worker("w-1", "sms", NOON))


def accepted(provider_id: str = "p-1") -> DeliveryRecord:
    return claimed().with_outcome("accepted", provider_id).moved(State.ACCEPTED, NOON)


def lost() -> DeliveryRecord:
    return claimed().with_outcome("timed_out").moved(State.UNKNOWN, NOON, reason="timed_out")


def again(record: DeliveryRecord, provider: str = "sms") -> DeliveryRecord:
    return record.claimed(Worker("w-2", provider, NOON + timedelta(seconds=10)))


def receipt(state: State, provider_id: str = "p-1", provider: str = "sms", reason: str = "") -> Receipt:
    return Receipt(TEXT.key, state, LATER, provider, provider_id, reason)


def state_after(record: DeliveryRecord, *receipts: Receipt) -> State:
    for each in receipts:
        step = after_receipt(record, each, LATER)
        assert step is not NOT_YET
        record = step if isinstance(step, DeliveryRecord) else record
    return record.state


def test_a_receipt_moves_what_was_accepted() -> None:
    assert state_after(accepted(), receipt(State.DELIVERED)) is State.DELIVERED
    assert state_after(accepted(), receipt(State.DELIVERED), receipt(State.READ)) is State.READ
    assert state_after(accepted(), receipt(State.UNDELIVERED, reason="blocked")) is State.UNDELIVERED


def test_the_provider_word_for_why_is_the_reason() -> None:
    moved = after_receipt(accepted(), receipt(State.UNDELIVERED, reason="blocked"), LATER)
    assert isinstance(moved, DeliveryRecord)
    assert (moved.reason, moved.attempts[-1].code, moved.revision) == ("blocked", "blocked", 3)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (State.READ, State.DELIVERED),
        (State.READ, State.UNDELIVERED),
        (State.DELIVERED, State.UNDELIVERED),
        (State.UNDELIVERED, State.DELIVERED),
    ],
)
def test_a_receipt_that_comes_out_of_order_moves_nothing_back(first: State, then: State) -> None:
    assert state_after(accepted(), receipt(first), receipt(then)) is first


def test_the_same_receipt_twice_is_one() -> None:
    once = after_receipt(accepted(), receipt(State.DELIVERED), LATER)
    assert isinstance(once, DeliveryRecord)
    assert after_receipt(once, receipt(State.DELIVERED), LATER) is None


def test_delivered_may_come_before_our_own_accepted() -> None:
    assert state_after(claimed(), receipt(State.DELIVERED)) is State.DELIVERED


def test_undelivered_waits_until_the_call_that_it_is_of_is_answered() -> None:
    """Which attempt it is of is known a moment later; ending the delivery on a guess could end a newer one."""
    assert after_receipt(claimed(), receipt(State.UNDELIVERED), LATER) is NOT_YET


def test_a_receipt_settles_a_lost_answer_and_names_the_message() -> None:
    moved = after_receipt(lost(), receipt(State.DELIVERED, "p-9"), LATER)
    assert isinstance(moved, DeliveryRecord)
    assert (moved.state, moved.attempts[-1].provider_id) == (State.DELIVERED, "p-9")
    assert state_after(lost(), receipt(State.UNDELIVERED, "p-9")) is State.UNDELIVERED


def test_undelivered_of_an_older_attempt_is_noted_and_ends_nothing() -> None:
    first_known = lost().with_outcome("timed_out", "p-1")
    for newer in (again(first_known), again(first_known).with_outcome("accepted", "p-2").moved(State.ACCEPTED, LATER)):
        noted = after_receipt(newer, receipt(State.UNDELIVERED, "p-1", reason="unreachable"), LATER)
        assert isinstance(noted, DeliveryRecord)
        assert noted.state is newer.state
        assert noted.attempts[0].code == "unreachable"
        assert after_receipt(noted, receipt(State.UNDELIVERED, "p-1", reason="unreachable"), LATER) is None


def test_undelivered_that_could_be_of_either_of_two_attempts_ends_nothing() -> None:
    both_lost = again(lost()).with_outcome("timed_out").moved(State.UNKNOWN, LATER, reason="timed_out")
    assert after_receipt(both_lost, receipt(State.UNDELIVERED, "p-7"), LATER) is None


def test_delivered_of_an_older_attempt_counts() -> None:
    newer = again(lost().with_outcome("timed_out", "p-1"))
    assert state_after(newer, receipt(State.DELIVERED, "p-1")) is State.DELIVERED


def test_an_attempt_of_another_provider_is_not_taken_for_this_ones() -> None:
    sent = again(lost(), "twilio").with_outcome("accepted", "SM1").moved(State.ACCEPTED, LATER)
    noted = after_receipt(sent, receipt(State.UNDELIVERED, "p-1", "sms"), LATER)
    assert isinstance(noted, DeliveryRecord)
    assert (noted.state, noted.attempts[0].provider_id) == (State.ACCEPTED, "p-1")
    assert state_after(sent, receipt(State.UNDELIVERED, "SM1", "twilio")) is State.UNDELIVERED


def test_undelivered_while_a_retry_is_due_stops_no_trying() -> None:
    retrying = (
        again(lost()).with_outcome("throttled").moved(State.RETRYING, LATER, reason="throttled", not_before=LATER)
    )
    assert state_after(retrying, receipt(State.UNDELIVERED, "p-1")) is State.RETRYING
    assert state_after(retrying, receipt(State.DELIVERED, "p-1")) is State.DELIVERED


@pytest.mark.parametrize("end", [State.FAILED, State.EXPIRED, State.CANCELLED])
@pytest.mark.parametrize("state", [State.DELIVERED, State.READ, State.UNDELIVERED])
def test_what_has_ended_stays_ended(end: State, state: State) -> None:
    ended = lost().moved(end, LATER)
    assert state_after(ended, receipt(state)) is end


def test_an_apps_word_needs_no_message_id() -> None:
    pushed = accepted()
    assert state_after(pushed, Receipt(TEXT.key, State.READ, LATER)) is State.READ
