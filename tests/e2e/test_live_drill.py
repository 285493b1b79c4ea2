"""A queue that nobody works off wakes somebody within a minute or so, while the cloud runs as it is."""

import time
from collections.abc import Callable, Iterator

import pytest

from local.on_call import Word
from statline.contract.words import Channel, DeliveryState, Priority
from tests.e2e.cast import ALL
from tests.e2e.on_call import Letters, listening_to
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

STALLED, IMPAIRED = "Statline stat push is stalled", "Statline stat delivery is impaired"
PAGE = "statline-page"
SPOKEN_WITHIN, KNOWN_WITHIN = 90.0, 400.0
"""Seconds. The second is long because these alarms hold for five minutes after what another test did to the lane."""
STATS = 3


@pytest.fixture
def letters(home: Region) -> Iterator[Letters]:
    with listening_to(home, PAGE) as came:
        yield came


def states(region: Region) -> dict[str, str]:
    """The states of the two alarms."""
    kinds = ("MetricAlarms", "CompositeAlarms")
    found = region.client("cloudwatch").describe_alarms(
        AlarmNames=[STALLED, IMPAIRED], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return {alarm["AlarmName"]: alarm["StateValue"] for kind in kinds for alarm in found[kind]}


def pages(state: str) -> Callable[[Word], bool]:
    """Whether a word says that stat delivery came into a state."""
    return lambda word: (word.alarm, word.state) == (IMPAIRED, state)


def test_a_stuck_consumer_of_stat_pushes_pages_on_call_and_loses_nothing(home: Region, letters: Letters) -> None:
    await_value(lambda: set(states(home).values()) == {"OK"}, KNOWN_WITHIN, "the rest of the alarms on stat")
    messages = [home.message(priority=Priority.STAT, to=[ALL], channels=[Channel.PUSH]) for _ in range(STATS)]
    with home.without_consumer("push-stat"):
        began = time.time()
        for message in messages:
            home.send(message, Priority.STAT)
        page = letters.wait(pages("ALARM"), SPOKEN_WITHIN, "the page")
        assert states(home)[STALLED] == "ALARM"
    assert page.topic == PAGE
    assert page.at - began < SPOKEN_WITHIN
    for message in messages:
        assert home.bus.await_end(message["id"], Channel.PUSH)[Channel.PUSH][-1] is DeliveryState.ACCEPTED
