"""What follows an answer that says "certainly not sent": patience as each lane has it, and its end."""

import pytest

from functions.core.domain.delivering.outcomes import NeverRetry, RetryLater
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.lanes import LANES
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.delivering.ward import Ward, seconds

FIRST_WAITS = {
    Priority.STAT: [1, 2, 4, 8, 8],
    Priority.URGENT: [2, 4, 8, 16, 30],
    Priority.ROUTINE: [5, 10, 20, 40, 80],
}


@pytest.mark.parametrize("lane", Priority)
def test_throttling_backs_off_as_its_lane_says(ward: Ward, lane: Priority) -> None:
    delivery = a_delivery(Channel.SMS, lane)
    ward.provider.always_answer(RetryLater("throttled"))
    waits: list[float] = []

    for _ in FIRST_WAITS[lane]:
        wait = ward.hand_one(delivery)
        assert wait is not None
        waits.append(wait.total_seconds())
        ward.clock.advance(wait.total_seconds())

    assert waits == FIRST_WAITS[lane]
    record = ward.record_of(delivery)
    assert (record.state, record.reason, record.attempt) == (State.RETRYING, "throttled", len(waits))


def test_the_providers_wish_counts_where_it_is_longer_than_the_lanes(ward: Ward) -> None:
    longer, shorter = a_delivery(recipient="u-1", address="a"), a_delivery(recipient="u-2", address="b")
    ward.provider.answer(RetryLater("quota_exceeded", after=seconds(90)), address="a")
    ward.provider.answer(RetryLater("quota_exceeded", after=seconds(1)), address="b")

    verdicts = ward.hand(longer, shorter)

    assert [verdict.again_in for verdict in verdicts] == [seconds(90), LANES[Priority.ROUTINE].first_retry]


def test_a_message_that_comes_back_too_early_waits_for_its_time(ward: Ward) -> None:
    delivery = a_delivery()
    ward.provider.answer(RetryLater("throttled"))
    ward.hand(delivery)
    ward.clock.advance(2)

    assert ward.hand_one(delivery) == seconds(3)
    assert ward.provider.calls_for(delivery) == 1
    ward.clock.advance(3)
    assert ward.hand_one(delivery) is None
    assert ward.states_of(delivery) == [State.SENDING, State.RETRYING, State.SENDING, State.ACCEPTED]


@pytest.mark.parametrize("lane", Priority)
def test_a_delivery_whose_attempts_run_out_has_failed(ward: Ward, lane: Priority) -> None:
    delivery = a_delivery(Channel.SMS, lane)
    ward.provider.always_answer(RetryLater("throttled"))

    while (wait := ward.hand_one(delivery)) is not None:
        ward.clock.advance(wait.total_seconds())

    assert ward.provider.calls_for(delivery) == LANES[lane].attempts
    assert ward.states_of(delivery)[-2:] == [State.SENDING, State.FAILED]
    record = ward.record_of(delivery)
    assert (record.state, record.reason) == (State.FAILED, "attempts_exhausted")
    assert record.attempts[-1].code == "throttled"


def test_a_delivery_whose_next_attempt_would_come_too_late_expires_at_once(ward: Ward) -> None:
    delivery = a_delivery(expires_at=NOON + seconds(5))
    ward.provider.answer(RetryLater("throttled"))

    assert ward.hand_one(delivery) is None

    record = ward.record_of(delivery)
    assert (record.state, record.reason) == (State.EXPIRED, "throttled")


def test_a_delivery_that_comes_back_after_its_time_expires_without_a_call(ward: Ward) -> None:
    delivery = a_delivery(expires_at=NOON + seconds(6))
    ward.provider.answer(RetryLater("throttled"))
    ward.hand(delivery)
    ward.clock.advance(6)

    assert ward.hand_one(delivery) is None
    assert ward.provider.calls_for(delivery) == 1
    assert ward.record_of(delivery).reason == "expired_before_next_attempt"


def test_a_refusal_for_good_is_the_end(ward: Ward) -> None:
    delivery = a_delivery(Channel.SMS)
    ward.provider.answer(NeverRetry("opted_out"))

    assert ward.hand_one(delivery) is None
    assert ward.hand_one(delivery) is None

    assert ward.provider.calls_for(delivery) == 1
    record = ward.record_of(delivery)
    assert (record.state, record.reason, record.attempts[0].code) == (State.FAILED, "opted_out", "opted_out")
    assert ward.address_book.dead == []


def test_a_dead_token_is_reported_and_its_neighbours_are_not(ward: Ward) -> None:
    dead, well, refused = (
        a_delivery(recipient=f"u-{number}", address=address) for number, address in enumerate(("dead", "well", "no"))
    )
    ward.provider.answer(NeverRetry("unregistered", address_is_dead=True), address="dead")
    ward.provider.answer(NeverRetry("invalid_argument"), address="no")

    ward.hand(dead, well, refused)

    assert ward.address_book.dead == [dead]
    assert [ward.record_of(each).state for each in (dead, well, refused)] == [
        State.FAILED,
        State.ACCEPTED,
        State.FAILED,
    ]


def test_a_rehearsed_devices_dead_token_fails_each_time_and_takes_nobody_out_of_the_directory(ward: Ward) -> None:
    rehearsed = a_delivery(rehearsed=True)
    ward.provider.answer(NeverRetry("unregistered", address_is_dead=True))

    ward.hand(rehearsed)

    assert ward.address_book.dead == []
    assert ward.record_of(rehearsed).state is State.FAILED
