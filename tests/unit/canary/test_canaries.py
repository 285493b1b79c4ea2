"""Which canaries there are at a moment, and which of them really go out."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

from functions.canary.canaries import APART, EVERY, Canary, canaries_at
from statline.contract.words import Channel, Priority, Sensitivity
from tests.fakes.clock import NOON
from tests.unit.canary.house import ADDRESSES, WAYS


def within(minutes: int, every: Mapping[Channel, int] | None = None) -> list[Canary]:
    """Every canary of so many minutes from noon on."""
    moments = [NOON + APART * number for number in range(minutes * 60 // APART.seconds)]
    return [canary for moment in moments for canary in canaries_at(moment, ADDRESSES, every or {})]


def real_ones(every: Mapping[Channel, int], minutes: int) -> list[Canary]:
    return [canary for canary in within(minutes, every) if canary.real]


def test_each_lane_and_channel_has_four_canaries_a_minute_at_equal_distances() -> None:
    for every in ({}, dict.fromkeys(Channel, 1)):
        moments = {way: [c.moment for c in within(3, every) if (c.lane, c.channel) == way] for way in WAYS}
        assert {len(found) for found in moments.values()} == {12}
        assert {later - earlier for found in moments.values() for earlier, later in pairwise(found)} == {EVERY}


def test_a_tick_is_one_lanes() -> None:
    for number in range(12):
        assert len({canary.lane for canary in canaries_at(NOON + APART * number, ADDRESSES, {})}) == 1


def test_a_region_without_voice_has_no_canary_on_voice() -> None:
    without: dict[Channel, str] = {channel: text for channel, text in ADDRESSES.items() if channel is not Channel.VOICE}
    assert {canary.channel for canary in canaries_at(NOON, without, {})} == {Channel.PUSH, Channel.SMS}


def test_a_canary_has_an_id_of_its_own_and_the_same_one_again() -> None:
    ids = [canary.id for canary in within(1)]
    assert len(set(ids)) == len(ids) == 36
    assert ids == [canary.id for canary in within(1)]
    assert {"canary-stat-push-20260110T120015Z", "canary-routine-voice-20260110T120010Z"} <= set(ids)


def test_where_config_says_nothing_no_canary_really_goes_out() -> None:
    assert real_ones({}, minutes=120) == []


def test_one_canary_of_a_channel_really_goes_out_in_so_many_minutes() -> None:
    real = real_ones({Channel.PUSH: 1, Channel.SMS: 5, Channel.VOICE: 60}, minutes=120)
    assert Counter(canary.channel for canary in real) == {Channel.PUSH: 120, Channel.SMS: 24, Channel.VOICE: 2}
    texts = [canary.moment.replace(second=0) for canary in real if canary.channel is Channel.SMS]
    assert {later - earlier for earlier, later in pairwise(texts)} == {timedelta(minutes=5)}


def test_the_lanes_take_turns_in_really_going_out() -> None:
    real = real_ones({Channel.VOICE: 10}, minutes=60)
    assert Counter(canary.lane for canary in real) == dict.fromkeys(Priority, 2)


def test_a_canary_is_operational_and_says_that_nobody_has_to_do_anything() -> None:
    for canary in within(1):
        notification = canary.notification(NOON)
        assert notification.content.sensitivity is Sensitivity.OPERATIONAL
        assert "Nobody has to do anything" in notification.content.body
        assert notification.channels == (canary.channel,)
        assert notification.priority is canary.lane
