"""The canary's use case, with the real router and the real delivering behind it."""

from datetime import timedelta

import pytest

from functions.canary.canaries import APART, EVERY
from functions.canary.watch import AHEAD, LOOKED_AT_AFTER, TOO_LATE
from functions.core.domain.delivering.outcomes import NeverRetry, RetryLater
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.services.route import Routed
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.unit.canary.house import ADDRESSES, WAYS, House

STAT_WAYS = {way for way in WAYS if way[0] is Priority.STAT}
LOOKED = int(LOOKED_AT_AFTER.total_seconds())


@pytest.fixture
def house() -> House:
    """A region whose directory knows the canary's recipients."""
    house = House()
    house.watch.wake(NOON)
    return house


def test_every_lane_and_channel_is_gone_through_and_seen_to_arrive(house: House) -> None:
    delivered = house.run(EVERY.seconds)
    house.run(LOOKED)

    assert {(d.priority, d.key.channel) for d in delivered} == WAYS
    assert len(delivered) == len(WAYS)
    assert house.seen_from(NOON) == dict.fromkeys(WAYS, True)


def test_nothing_of_a_canary_is_refused(house: House) -> None:
    for _ in range(12):
        house.tick()
        assert all(isinstance(answer, Routed) for answer in house.route())
        house.clock.advance(APART.seconds)
    assert house.quarantine.kept == []


def test_each_moment_is_said_once_for_each_channel(house: House) -> None:
    house.run(seconds=120)
    told = [(seen.canary.moment, seen.canary.lane, seen.canary.channel) for seen in house.report.seen]
    assert len(told) == len(set(told)) == 8 * len(WAYS)


def test_a_rehearsed_canary_reaches_nobody_and_a_real_one_goes_to_the_same_address() -> None:
    house = House({Channel.SMS: 1})
    house.watch.wake(NOON)
    delivered = house.run(60)

    real = [delivery for delivery in delivered if not delivery.rehearsed]
    assert [delivery.key.channel for delivery in real] == [Channel.SMS]
    assert {delivery.address for delivery in delivered if delivery.key.channel is Channel.SMS} == {"+14165550150"}
    assert house.seen_from(NOON) == dict.fromkeys(WAYS, True)


def test_a_canary_that_a_provider_does_not_take_counts_as_lost_on_its_channel_alone(house: House) -> None:
    house.provider.always_answer(RetryLater("throttled"), address=ADDRESSES[Channel.SMS])
    house.run(seconds=60)
    assert house.seen_from(NOON) == {(lane, channel): channel is not Channel.SMS for lane, channel in WAYS}


def test_a_canary_that_nobody_routes_counts_as_lost(house: House) -> None:
    house.tick()
    house.clock.advance(LOOKED)
    house.tick()
    assert house.seen_from(NOON) == dict.fromkeys(STAT_WAYS, False)


def test_how_long_a_canary_took_counts_from_its_sending_and_not_from_its_moment(house: House) -> None:
    house.clock.advance(6)
    house.tick(NOON)
    house.clock.advance(2.5)
    house.work_off()
    house.tick(NOON + LOOKED_AT_AFTER)
    assert {seen.seconds for seen in house.report.seen if seen.canary.moment == NOON} == {2.5}


def test_a_tick_that_comes_again_sends_nothing_again(house: House) -> None:
    house.tick()
    house.work_off()
    house.clock.advance(4)
    house.tick(NOON)
    assert house.ingress.sent == []


def test_a_tick_that_comes_again_before_its_canaries_were_seen_reaches_nobody_twice(house: House) -> None:
    house.tick()
    house.clock.advance(1)
    house.tick(NOON)
    house.work_off()
    assert len(house.provider.calls) == len(STAT_WAYS)
    assert house.quarantine.kept == []


def test_a_tick_that_is_too_late_is_over(house: House) -> None:
    house.clock.advance(TOO_LATE.total_seconds())
    house.tick(NOON)
    assert house.ingress.sent == []
    assert house.report.seen == []


def test_while_the_state_table_is_away_every_canary_counts_as_lost_and_the_function_fails(house: House) -> None:
    house.states.away = True
    with pytest.raises(StoreUnavailableError):
        house.tick()
    assert house.seen_from(NOON - LOOKED_AT_AFTER) == dict.fromkeys(STAT_WAYS, False)


def test_what_was_seen_is_said_also_where_no_queue_takes_a_canary(house: House) -> None:
    house.ingress.away = True
    with pytest.raises(QueueUnavailableError):
        house.tick()
    assert len(house.report.seen) == len(STAT_WAYS)


# once a minute


def test_a_minutes_ticks_are_sent_a_minute_before_wherever_in_its_minute_the_clock_strikes() -> None:
    for second in (0, 17, 59):
        house = House()
        house.watch.wake(NOON + timedelta(seconds=second))
        assert house.ticks.minutes == [NOON + AHEAD]


def test_the_recipients_are_told_after_a_deployment_and_then_by_the_hour() -> None:
    house = House()
    told = []
    for minute in range(5, 130):
        house.watch.wake(NOON + timedelta(minutes=minute))
        told.append((minute, house.directory.told))
    first_after = {count: minute for minute, count in reversed(told)}
    assert first_after == {1: 5, 2: 60, 3: 120}


def test_recipients_that_the_queue_did_not_take_are_told_again_a_minute_later_and_the_ticks_come_all_the_same() -> None:
    house = House()
    house.directory.away = True
    house.watch.wake(NOON)
    assert (house.directory.told, len(house.ticks.minutes), len(house.report.failures)) == (0, 1, 1)

    house.directory.away = False
    house.watch.wake(NOON + timedelta(minutes=1))
    assert house.directory.told == 1


# the dead-man's switch


def test_the_switch_is_called_once_a_minute(house: House) -> None:
    house.run(seconds=300)
    # At the first minute's beginning nothing had arrived yet.
    assert house.switch.calls == 4


def test_the_switch_is_called_while_one_stat_way_still_delivers(house: House) -> None:
    for channel in (Channel.PUSH, Channel.SMS):
        house.provider.always_answer(NeverRetry("refused"), address=ADDRESSES[channel])
    house.run(seconds=120)
    assert house.switch.calls == 1


def test_a_region_that_lives_and_delivers_no_stat_does_not_call_the_switch(house: House) -> None:
    house.provider.always_answer(RetryLater("throttled"))
    house.run(seconds=300)
    assert house.switch.calls == 0


def test_the_calmer_lanes_alone_are_no_life(house: House) -> None:
    for _ in range(36):
        house.tick()
        calmer = [each for each in house.ingress.sent if each.priority is not Priority.STAT]
        house.ingress.sent[:] = calmer
        house.work_off()
        house.clock.advance(APART.seconds)
    assert house.seen_from(NOON) == {way: way[0] is not Priority.STAT for way in WAYS}
    assert house.switch.calls == 0


def test_a_switch_out_of_reach_is_said_and_stops_nothing(house: House) -> None:
    house.switch.broken = True
    house.run(seconds=120)
    assert len(house.report.failures) == 1
    assert house.seen_from(NOON + timedelta(seconds=75)) == dict.fromkeys(WAYS, True)


def test_whoever_waits_for_the_switch_until_his_time_is_over_has_sent_his_canaries(house: House) -> None:
    house.run(seconds=60)
    house.tick()
    assert (house.switch.calls, house.switch.sent_by_then) == (1, len(STAT_WAYS))
