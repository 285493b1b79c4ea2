"""A stat that fails on one channel goes another way before anybody is told that it failed."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.delivery import next_way
from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.lanes import LANES
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.unit.delivering.ward import OVER, Ward, seconds

STAT = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(Channel.SMS), a_fallback(Channel.VOICE)))


def test_a_failed_stat_goes_the_next_way_before_it_is_failed(ward: Ward) -> None:
    ward.provider.answer(NeverRetry("sender_id_mismatch"))
    queued_at_the_write: list[tuple[State, int]] = []
    ward.states.before_write = lambda record: queued_at_the_write.append((record.state, len(ward.outbox.sent)))

    assert ward.hand_one(STAT) is None

    assert queued_at_the_write == [(State.SENDING, 0), (State.FAILED, 1)]
    (way,) = ward.outbox.sent
    sms = STAT.fallbacks[0]
    assert (way.key.channel, way.key.endpoint, way.address) == (Channel.SMS, "e-2", sms.endpoint.address)
    assert (way.screen, way.fallbacks) == (sms.screen, STAT.fallbacks[1:])
    assert (way.key.tenant, way.key.notification, way.key.recipient) == ("northshore", "n-1", "u-17")
    assert (way.priority, way.expires_at, way.roles) == (Priority.STAT, STAT.expires_at, STAT.roles)


def test_the_next_way_of_a_rehearsed_delivery_is_real_where_its_own_endpoint_is() -> None:
    rehearsed = STAT.model_copy(update={"rehearsed": True})
    way = next_way(rehearsed)
    assert way is not None
    assert not way.rehearsed


def test_a_way_to_a_rehearsed_endpoint_is_rehearsed() -> None:
    sms = a_fallback(Channel.SMS)
    endpoint = sms.endpoint.model_copy(update={"rehearsed": True})
    way = next_way(STAT.model_copy(update={"fallbacks": (sms.model_copy(update={"endpoint": endpoint}),)}))
    assert way is not None
    assert way.rehearsed


def test_a_stat_is_not_failed_while_no_queue_takes_its_next_way(ward: Ward) -> None:
    ward.provider.answer(NeverRetry("sender_id_mismatch"))
    ward.outbox.closed.add((Channel.SMS, Priority.STAT))

    assert ward.hand_one(STAT) == seconds(1)
    assert ward.states_of(STAT) == [State.SENDING]

    ward.clock.advance(OVER)
    ward.provider.answer(NeverRetry("sender_id_mismatch"))
    ward.outbox.closed.clear()
    assert ward.hand_one(STAT) is None
    assert ward.states_of(STAT) == [State.SENDING, State.UNKNOWN, State.SENDING, State.FAILED]
    assert [way.key.channel for way in ward.outbox.sent] == [Channel.SMS]


def test_a_stat_whose_attempts_run_out_goes_the_next_way(ward: Ward) -> None:
    ward.provider.always_answer(RetryLater("throttled"))

    while (wait := ward.hand_one(STAT)) is not None:
        ward.outbox.sent.clear()
        ward.clock.advance(wait.total_seconds())

    assert len(ward.provider.calls) == LANES[Priority.STAT].attempts
    assert [way.key.channel for way in ward.outbox.sent] == [Channel.SMS]
    assert ward.record_of(STAT).reason == "attempts_exhausted"


@pytest.mark.parametrize("answer", [RetryLater("throttled"), Unknown("timed_out")])
def test_a_stat_that_is_put_off_again_and_again_opens_its_next_way_and_goes_on_trying(
    ward: Ward, answer: Outcome
) -> None:
    ward.provider.always_answer(answer)
    opened_after: list[tuple[int, float]] = []

    for _ in range(8):
        before = len(ward.outbox.sent)
        wait = ward.hand_one(STAT)
        assert wait is not None
        if len(ward.outbox.sent) > before:
            opened_after.append((ward.record_of(STAT).attempt, (ward.clock() - NOON).total_seconds()))
        ward.clock.advance(wait.total_seconds())

    assert opened_after == [(LANES[Priority.STAT].next_way_at, 15.0)]
    assert [way.key.channel for way in ward.outbox.sent] == [Channel.SMS]


def test_a_calmer_delivery_has_one_way_at_a_time(ward: Ward) -> None:
    urgent = a_delivery(Channel.PUSH, Priority.URGENT, fallbacks=(a_fallback(Channel.SMS),))
    ward.provider.always_answer(RetryLater("throttled"))

    for _ in range(10):
        wait = ward.hand_one(urgent)
        assert wait is not None
        ward.clock.advance(wait.total_seconds())

    assert ward.outbox.sent == []


def worn_out(ward: Ward) -> DeliveryRecord:
    """The record of the stat after the last of its attempts was lost with its worker."""
    for _ in range(LANES[Priority.STAT].attempts):
        ward.lose_a_worker(STAT)
        ward.clock.advance(OVER)
    return ward.record_of(STAT)


def test_a_stat_whose_last_worker_was_lost_goes_the_next_way(ward: Ward) -> None:
    worn_out(ward)

    assert ward.hand_one(STAT) is None

    assert ward.states_of(STAT)[-2:] == [State.UNKNOWN, State.FAILED]
    assert [way.key.channel for way in ward.outbox.sent] == [Channel.SMS]


def test_a_stat_whose_last_worker_was_lost_waits_for_a_queue_that_takes_its_next_way(ward: Ward) -> None:
    worn_out(ward)
    ward.outbox.closed.add((Channel.SMS, Priority.STAT))

    assert ward.hand_one(STAT) == seconds(1)
    assert ward.states_of(STAT)[-1] is State.UNKNOWN
    ward.outbox.closed.clear()
    assert ward.hand_one(STAT) is None
    assert ward.states_of(STAT)[-1] is State.FAILED
    assert len(ward.provider.calls) == LANES[Priority.STAT].attempts


def test_a_stat_whose_provider_asks_for_more_time_than_is_left_goes_the_next_way_at_once(ward: Ward) -> None:
    ward.provider.answer(RetryLater("quota_exceeded", after=timedelta(hours=2)))

    assert ward.hand_one(STAT) is None

    assert [way.key.channel for way in ward.outbox.sent] == [Channel.SMS]
    assert (ward.record_of(STAT).state, ward.record_of(STAT).reason) == (State.FAILED, "quota_exceeded")


def test_the_last_way_has_no_next_one(ward: Ward) -> None:
    last = STAT.model_copy(update={"fallbacks": ()})
    ward.provider.answer(NeverRetry("invalid_request"))

    assert ward.hand_one(last) is None
    assert ward.outbox.sent == []
    assert ward.record_of(last).state is State.FAILED


def test_one_stat_without_a_queue_for_its_next_way_does_not_hold_up_its_neighbours(ward: Ward) -> None:
    to_sms = STAT
    to_voice = a_delivery(Channel.PUSH, Priority.STAT, recipient="u-2", fallbacks=(a_fallback(Channel.VOICE),))
    ward.provider.always_answer(NeverRetry("sender_id_mismatch"))
    ward.outbox.closed.add((Channel.SMS, Priority.STAT))

    verdicts = ward.hand(to_sms, to_voice)

    assert [verdict.again_in for verdict in verdicts] == [seconds(1), None]
    assert [ward.record_of(each).state for each in (to_sms, to_voice)] == [State.SENDING, State.FAILED]


@pytest.mark.parametrize("expires_in", [0, 0.5])
def test_a_stat_whose_time_is_over_goes_no_other_way(ward: Ward, expires_in: float) -> None:
    late = STAT.model_copy(update={"expires_at": NOON + seconds(expires_in)})
    ward.provider.answer(RetryLater("throttled"))

    assert ward.hand_one(late) is None
    assert ward.record_of(late).state is State.EXPIRED
    assert ward.outbox.sent == []
