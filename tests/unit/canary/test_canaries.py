"""Which canaries there are at a moment, and which of them really go out."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from functions.canary.canaries import EVERY, Canary, canaries_at
from statline.contract.words import Channel, Priority, Sensitivity
from tests.fakes.clock import NOON
from tests.unit.canary.house import ADDRESSES, WAYS

QUARTERS = [NOON + EVERY * number for number in range(4)]


def ways(canaries: list[Canary]) -> Counter[tuple[Priority, Channel]]:
    return Counter((canary.lane, canary.channel) for canary in canaries)


def real_ones(every: Mapping[Channel, int], minutes: int) -> list[Canary]:
    moments = [NOON + EVERY * number for number in range(minutes * 4)]
    return [canary for moment in moments for canary in canaries_at(moment, ADDRESSES, every) if canary.real]


@pytest.mark.parametrize("moment", QUARTERS)
def test_each_lane_and_channel_has_exactly_one_canary_at_each_moment(moment: datetime) -> None:
    assert ways(canaries_at(moment, ADDRESSES, {})) == dict.fromkeys(WAYS, 1)
    assert ways(canaries_at(moment, ADDRESSES, dict.fromkeys(Channel, 1))) == dict.fromkeys(WAYS, 1)


def test_a_region_without_voice_has_no_canary_on_voice() -> None:
    without: dict[Channel, str] = {channel: text for channel, text in ADDRESSES.items() if channel is not Channel.VOICE}
    assert {canary.channel for canary in canaries_at(NOON, without, {})} == {Channel.PUSH, Channel.SMS}


def test_a_canary_has_an_id_of_its_own_and_the_same_one_again() -> None:
    ids = [canary.id for moment in QUARTERS for canary in canaries_at(moment, ADDRESSES, {})]
    assert len(set(ids)) == len(ids) == 36
    assert ids == [canary.id for moment in QUARTERS for canary in canaries_at(moment, ADDRESSES, {})]
    assert "canary-stat-push-20260110T120015Z" in ids


def test_where_config_says_nothing_no_canary_really_goes_out() -> None:
    assert real_ones({}, minutes=120) == []


def test_one_canary_of_a_channel_really_goes_out_in_so_many_minutes() -> None:
    real = real_ones({Channel.PUSH: 1, Channel.SMS: 5, Channel.VOICE: 60}, minutes=120)
    assert Counter(canary.channel for canary in real) == {Channel.PUSH: 120, Channel.SMS: 24, Channel.VOICE: 2}
    texts = [canary.moment for canary in real if canary.channel is Channel.SMS]
    assert {later - earlier for earlier, later in pairwise(texts)} == {timedelta(minutes=5)}


def test_the_lanes_take_turns_in_really_going_out() -> None:
    real = real_ones({Channel.VOICE: 10}, minutes=60)
    assert Counter(canary.lane for canary in real) == dict.fromkeys(Priority, 2)


def test_a_canary_is_operational_and_says_that_nobody_has_to_do_anything() -> None:
    for canary in canaries_at(NOON, ADDRESSES, {}):
        notification = canary.notification(NOON)
        assert notification.content.sensitivity is Sensitivity.OPERATIONAL
        assert "Nobody has to do anything" in notification.content.body
        assert notification.channels == (canary.channel,)
        assert notification.priority is canary.lane
