"""Which deliveries wait for us, since when, and when a notification is over."""

from datetime import timedelta

import pytest

from functions.core.domain.delivering.delivery import Delivery, next_way
from functions.core.domain.delivering.record import DeliveryRecord, first_record
from functions.core.domain.delivering.standing import Standing, Waiting, standing_of, ways_of
from functions.core.domain.delivering.states import State
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.unit.outstanding.scene import a_plan, accepted, claimed

S = State
LATER = NOON + timedelta(seconds=50)
RECEIPTS = {S.DELIVERED, S.READ, S.UNDELIVERED}


def in_state(delivery: Delivery, state: State) -> DeliveryRecord:
    if state is S.SENDING:
        return claimed(delivery)
    if state is S.READ:
        return claimed(delivery).moved(S.DELIVERED, NOON).moved(S.READ, NOON)
    return claimed(delivery).moved(state, NOON)


def standing(*deliveries: Delivery, records: tuple[DeliveryRecord, ...] = (), seconds: float = 50) -> Standing:
    return standing_of(
        a_plan(*deliveries), {record.key: record for record in records}, NOON + timedelta(seconds=seconds)
    )


def test_what_no_worker_has_claimed_waits_since_it_was_sent() -> None:
    push, text = a_delivery(Channel.PUSH, Priority.STAT), a_delivery(Channel.SMS, Priority.STAT)
    found = standing(push, text)
    assert found.waiting == {Channel.PUSH: Waiting(push.key, NOON), Channel.SMS: Waiting(text.key, NOON)}
    assert not found.over


@pytest.mark.parametrize("state", [S.SENDING, S.RETRYING])
def test_what_a_worker_has_begun_still_waits(state: State) -> None:
    delivery = a_delivery()
    found = standing(delivery, records=(in_state(delivery, state),))
    assert list(found.waiting) == [Channel.PUSH]
    assert not found.over


@pytest.mark.parametrize("state", sorted({S.ACCEPTED, S.FAILED, S.EXPIRED, S.CANCELLED} | RECEIPTS))
def test_what_is_settled_does_not_wait_and_is_over(state: State) -> None:
    delivery = a_delivery()
    assert standing(delivery, records=(in_state(delivery, state),)) == Standing({}, over=True)


@pytest.mark.parametrize(
    ("channel", "lane", "waits"),
    [
        (Channel.PUSH, Priority.ROUTINE, True),
        (Channel.VOICE, Priority.URGENT, True),
        (Channel.SMS, Priority.STAT, True),
        (Channel.SMS, Priority.URGENT, False),
        (Channel.SMS, Priority.ROUTINE, False),
    ],
)
def test_a_lost_answer_waits_for_us_only_where_it_is_sent_again(
    channel: Channel, lane: Priority, *, waits: bool
) -> None:
    """A text that waits for its receipt is nobody's work. It is not over: the late word of a worker may move it."""
    delivery = a_delivery(channel, lane)
    found = standing(delivery, records=(in_state(delivery, S.UNKNOWN),))
    assert bool(found.waiting) is waits
    assert not found.over


def test_channels_of_one_notification_are_told_apart() -> None:
    push, text, call = (a_delivery(channel, Priority.STAT) for channel in Channel)
    found = standing(push, text, call, records=(accepted(push), claimed(call, LATER)))
    assert set(found.waiting) == {Channel.SMS, Channel.VOICE}
    assert not found.over


def test_a_notification_past_its_time_waits_for_nobody() -> None:
    delivery = a_delivery(expires_at=LATER)
    assert standing(delivery, seconds=49.9).waiting
    assert standing(delivery, seconds=50) == Standing({}, over=True)


# Ways that are taken later

WITH_WAYS = a_delivery(Channel.PUSH, Priority.STAT, fallbacks=(a_fallback(Channel.SMS), a_fallback(Channel.VOICE)))


def ways() -> tuple[Delivery, Delivery, Delivery]:
    text = next_way(WITH_WAYS)
    assert text
    call = next_way(text)
    assert call
    return WITH_WAYS, text, call


def failed(delivery: Delivery, seconds: float) -> DeliveryRecord:
    return claimed(delivery).moved(S.FAILED, NOON + timedelta(seconds=seconds))


def test_a_way_that_was_not_opened_waits_for_nobody() -> None:
    push, text, call = ways()
    assert [way.key for way in ways_of(a_plan(WITH_WAYS))] == [push.key, text.key, call.key]
    assert set(standing(WITH_WAYS).waiting) == {Channel.PUSH}
    assert standing(WITH_WAYS, records=(accepted(push),)).over


def test_a_way_is_its_channels_work_since_the_one_before_it_failed() -> None:
    """Its queue has it then, whether or not a worker has begun. Since the sending it was the other channel's."""
    push, text, _ = ways()
    found = standing(WITH_WAYS, records=(failed(push, 40),))
    assert found.waiting == {Channel.SMS: Waiting(text.key, NOON + timedelta(seconds=40))}
    assert not found.over


def test_a_way_that_was_opened_early_is_its_channels_work_since_a_worker_claimed_it() -> None:
    push, text, _ = ways()
    begun = claimed(text, NOON + timedelta(seconds=15))
    retrying = claimed(push).moved(S.RETRYING, NOON)
    for records in ((retrying, begun), (failed(push, 40), begun)):
        found = standing(WITH_WAYS, records=records)
        assert found.waiting[Channel.SMS] == Waiting(text.key, NOON + timedelta(seconds=15))


def test_a_way_that_ended_before_any_attempt_opens_the_next_one() -> None:
    push, text, call = ways()
    dead = first_record(text, S.FAILED, NOON + timedelta(seconds=41), reason="dead_letter")
    found = standing(WITH_WAYS, records=(failed(push, 40), dead))
    assert found.waiting == {Channel.VOICE: Waiting(call.key, NOON + timedelta(seconds=41))}


def test_a_notification_whose_ways_have_all_failed_is_over() -> None:
    records = tuple(failed(way, 40) for way in ways())
    assert standing(WITH_WAYS, records=records) == Standing({}, over=True)


def test_of_several_on_a_channel_the_longest_waiting_counts() -> None:
    direct = a_delivery(Channel.SMS, Priority.STAT)
    found = standing(WITH_WAYS, direct, records=(failed(WITH_WAYS, 40),))
    assert found.waiting[Channel.SMS] == Waiting(direct.key, NOON)
