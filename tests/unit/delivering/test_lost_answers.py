"""What follows an answer that was lost, or a worker that was: UNKNOWN first, and another call only where it is safe."""

import pytest

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Unknown
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.lanes import LANES
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.delivering.ward import OVER, Ward, seconds

SENDING, UNKNOWN, ACCEPTED, EXPIRED = State.SENDING, State.UNKNOWN, State.ACCEPTED, State.EXPIRED
CALMER = [Priority.ROUTINE, Priority.URGENT]
SENT_AGAIN = [(channel, lane) for channel in (Channel.PUSH, Channel.VOICE) for lane in Priority] + [
    (Channel.SMS, Priority.STAT)
]


def test_a_worker_that_finds_a_dead_lease_records_unknown_first(ward: Ward) -> None:
    delivery = a_delivery()
    ward.lose_a_worker(delivery)
    ward.clock.advance(OVER)
    before_the_call: list[list[State]] = []
    ward.meanwhile = lambda called: before_the_call.append(ward.states_of(called))

    assert ward.hand_one(delivery) is None

    assert before_the_call == [[SENDING, UNKNOWN, SENDING]]
    first, second = ward.record_of(delivery).attempts
    assert (first.code, second.number, second.code) == ("lease_ran_out", 2, "accepted")


def test_a_lease_that_has_a_millisecond_left_is_alive(ward: Ward) -> None:
    delivery = a_delivery()
    ward.lose_a_worker(delivery)
    ward.clock.advance(OVER - 0.001)

    assert ward.hand_one(delivery) == seconds(0.001)
    assert ward.states_of(delivery) == [SENDING]


@pytest.mark.parametrize(("channel", "lane"), SENT_AGAIN)
def test_a_lost_answer_is_followed_by_another_call_where_two_do_no_harm(
    ward: Ward, channel: Channel, lane: Priority
) -> None:
    delivery = a_delivery(channel, lane)
    ward.provider.answer(Unknown("timed_out"))

    assert ward.hand_one(delivery) == LANES[lane].first_retry
    assert ward.hand_one(delivery) is None

    assert ward.states_of(delivery) == [SENDING, UNKNOWN, SENDING, ACCEPTED]
    assert ward.provider.calls_for(delivery) == 2


def test_both_calls_for_a_push_carry_the_same_collapse_id_and_the_same_message_id(ward: Ward) -> None:
    ward.provider.answer(Unknown("timed_out"))

    ward.hand(a_delivery())
    ward.hand(a_delivery())

    first, second = ward.provider.calls
    assert first.push is not None
    assert first.push == second.push
    assert first.key.id == second.key.id


@pytest.mark.parametrize("lane", CALMER)
def test_a_lost_answer_of_a_calmer_text_waits_for_its_receipt_and_is_not_sent_again(ward: Ward, lane: Priority) -> None:
    delivery = a_delivery(Channel.SMS, lane)
    wait = LANES[lane].receipt_wait
    ward.provider.answer(Unknown("timed_out"))

    assert ward.hand_one(delivery) == wait
    ward.clock.advance(10)
    assert ward.hand_one(delivery) == wait - seconds(10)
    ward.clock.advance(wait.total_seconds() - 10)
    assert ward.hand_one(delivery) is None

    assert ward.provider.calls_for(delivery) == 1
    record = ward.record_of(delivery)
    assert (record.state, record.reason) == (EXPIRED, "outcome_unknown")
    assert record.attempts[0].code == "timed_out"


@pytest.mark.parametrize("lane", CALMER)
def test_a_calmer_text_whose_worker_was_lost_is_not_sent_again(ward: Ward, lane: Priority) -> None:
    delivery = a_delivery(Channel.SMS, lane)
    ward.lose_a_worker(delivery)
    ward.clock.advance(OVER)

    assert ward.hand_one(delivery) == LANES[lane].receipt_wait
    assert ward.states_of(delivery) == [SENDING, UNKNOWN]
    assert ward.provider.calls_for(delivery) == 1


def test_a_text_does_not_wait_for_its_receipt_beyond_its_own_time(ward: Ward) -> None:
    delivery = a_delivery(Channel.SMS, expires_at=NOON + seconds(20))
    ward.provider.answer(Unknown("timed_out"))
    ward.hand(delivery)

    assert ward.hand_one(delivery) == seconds(20)
    ward.clock.advance(20)
    assert ward.hand_one(delivery) is None
    assert ward.states_of(delivery)[-1] is EXPIRED


@pytest.mark.parametrize("channel", Channel)
def test_a_lost_answer_is_not_followed_by_a_call_when_time_is_over(ward: Ward, channel: Channel) -> None:
    delivery = a_delivery(channel, Priority.STAT, expires_at=NOON + seconds(5))
    ward.provider.answer(Unknown("timed_out"))
    ward.hand(delivery)
    ward.clock.advance(5)

    assert ward.hand_one(delivery) is None
    assert ward.provider.calls_for(delivery) == 1
    assert (ward.record_of(delivery).state, ward.record_of(delivery).reason) == (EXPIRED, "outcome_unknown")


@pytest.mark.parametrize("lane", Priority)
def test_answers_that_are_lost_again_and_again_end_after_the_lanes_attempts(ward: Ward, lane: Priority) -> None:
    delivery = a_delivery(Channel.PUSH, lane)
    ward.provider.always_answer(Unknown("unavailable"))

    waits = [ward.hand_one(delivery) for _ in range(LANES[lane].attempts)]

    assert waits == [LANES[lane].retry_after(attempt) for attempt in range(1, LANES[lane].attempts + 1)]
    assert ward.hand_one(delivery) is None
    assert (ward.record_of(delivery).state, ward.record_of(delivery).reason) == (State.FAILED, "attempts_exhausted")
    assert ward.provider.calls_for(delivery) == LANES[lane].attempts


def test_a_receipt_ends_the_wait_for_a_lost_answer(ward: Ward) -> None:
    delivery = a_delivery(Channel.SMS)
    ward.provider.answer(Unknown("timed_out"))
    ward.hand(delivery)
    ward.states.write([ward.record_of(delivery).moved(State.DELIVERED, ward.clock())])

    assert ward.hand_one(delivery) is None
    assert ward.states_of(delivery) == [SENDING, UNKNOWN, State.DELIVERED]


# The late word of a worker that was given up


def give_up_during_the_call(ward: Ward) -> None:
    """Have the next call outlive its lease: another worker is handed a copy meanwhile."""

    def another_gives_up_on_it(delivery: Delivery) -> None:
        ward.meanwhile = lambda _: None
        ward.clock.advance(OVER)
        ward.hand(delivery)

    ward.meanwhile = another_gives_up_on_it


def test_an_acceptance_that_comes_late_is_still_an_acceptance(ward: Ward) -> None:
    delivery = a_delivery(Channel.SMS)
    give_up_during_the_call(ward)

    (verdict,) = ward.hand(delivery)

    assert ward.states_of(delivery) == [SENDING, UNKNOWN, ACCEPTED]
    assert ward.record_of(delivery).attempts[0].provider_id == "fcm-1"
    assert (verdict.again_in, verdict.acted) == (None, True)


def test_an_answer_that_is_lost_late_leaves_the_unknown_that_another_recorded(ward: Ward) -> None:
    delivery = a_delivery(Channel.SMS)
    ward.provider.answer(Unknown("timed_out"))
    give_up_during_the_call(ward)

    (verdict,) = ward.hand(delivery)

    assert ward.states_of(delivery) == [SENDING, UNKNOWN]
    assert ward.record_of(delivery).reason == "lease_ran_out"
    assert verdict.again_in == LANES[Priority.ROUTINE].receipt_wait


def test_a_late_acceptance_of_an_earlier_attempt_adds_its_id_and_leaves_the_later_attempt_alone(ward: Ward) -> None:
    delivery = a_delivery()
    give_up_during_the_call(ward)

    ward.hand(delivery)

    record = ward.record_of(delivery)
    assert ward.states_of(delivery) == [SENDING, UNKNOWN, SENDING, ACCEPTED, ACCEPTED]
    assert [attempt.provider_id for attempt in record.attempts] == ["fcm-1", "fcm-2"]
