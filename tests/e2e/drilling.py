"""The consumer of stat pushes stands still until on-call was paged: half a minute, and the alarms' looks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from local.on_call import Word
from statline.contract.words import Channel, DeliveryState, Priority
from tests.e2e.cast import ALL
from tests.e2e.on_call import listening_to
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

STALLED, IMPAIRED = "Statline stat push is stalled", "Statline stat delivery is impaired"
PAGE = "statline-page"
SPOKEN_WITHIN, KNOWN_WITHIN = 90.0, 700.0
"""Seconds. The second is long because these alarms hold for five minutes after what was slow before."""
PATIENCE = 300.0
"""Seconds for the page to come at all: only from then on is it asked how late it was."""
STATS = 3


@dataclass(frozen=True)
class Drilled:
    """The page, how many seconds after the first message it came, and the states that each message's push had."""

    page: Word
    seconds: float
    histories: Sequence[Sequence[DeliveryState]]


def drill(region: Region) -> Drilled:
    """Stop the consumer, send stats, and go on when the alarms speak."""
    await_value(lambda: set(_states(region)) == {"OK"}, KNOWN_WITHIN, "the rest of the alarms on stat")
    messages = [region.message(priority=Priority.STAT, to=[ALL], channels=[Channel.PUSH]) for _ in range(STATS)]
    with listening_to(region, PAGE) as letters, region.without_consumer("push-stat"):
        began = time.time()
        for message in messages:
            region.send(message, Priority.STAT)
        page = letters.wait(lambda word: (word.alarm, word.state) == (IMPAIRED, "ALARM"), PATIENCE, "the page")
        await_value(lambda: set(_states(region)) == {"ALARM"}, PATIENCE, f"the alarm {STALLED}")
    ends = [region.bus.await_end(message["id"], Channel.PUSH)[Channel.PUSH] for message in messages]
    return Drilled(page, page.at - began, ends)


def _states(region: Region) -> list[str]:
    """The states of the two alarms."""
    kinds = ("MetricAlarms", "CompositeAlarms")
    found = region.client("cloudwatch").describe_alarms(
        AlarmNames=[STALLED, IMPAIRED], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return [alarm["StateValue"] for kind in kinds for alarm in found[kind]]
