"""What producers send: how much, when, on which lane, by which channels. Local time of the region's clinicians.

The figures are a middling region's: some hospitals, a few notifications a second by day. An incident multiplies them.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from statline.contract.words import Channel, Priority

STEP = 10.0
"""Seconds that the simulated region advances at a time."""
_DIRECT_BELOW, _RARE = 30.0, 0.02
_HOURS = (
    0.20, 0.16, 0.14, 0.13, 0.15, 0.22, 0.45, 0.85, 1.15, 1.25, 1.20, 1.10,
    1.00, 1.05, 1.10, 1.05, 1.00, 0.90, 0.75, 0.62, 0.52, 0.42, 0.34, 0.26,
)  # fmt: skip
"""Of an average working hour, what each hour of the day brings."""
_WEEKEND = 0.55
_MONDAY_PEAK: Mapping[int, float] = {7: 1.9, 8: 2.4, 9: 2.1, 10: 1.5}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class LaneTraffic:
    """A lane in an average working hour. per_minute: notifications. ways: of one notification, deliveries a channel.

    by_the_hour: whether the lane follows the day. Emergencies do so less than anything else.
    """

    per_minute: float
    ways: Mapping[Channel, float]
    by_the_hour: float


TRAFFIC: Mapping[Priority, LaneTraffic] = {
    Priority.STAT: LaneTraffic(1.5, {Channel.PUSH: 4.0, Channel.SMS: 4.0, Channel.VOICE: 2.0}, by_the_hour=0.4),
    Priority.URGENT: LaneTraffic(15.0, {Channel.PUSH: 1.2, Channel.SMS: 0.25, Channel.VOICE: 0.05}, by_the_hour=0.8),
    Priority.ROUTINE: LaneTraffic(240.0, {Channel.PUSH: 1.3, Channel.SMS: 0.03, Channel.VOICE: 0.0}, by_the_hour=1.0),
}


def day_share(local: datetime) -> float:
    """What this moment brings of an average working hour."""
    following = _HOURS[(local.hour + 1) % 24]
    share = _HOURS[local.hour] + (following - _HOURS[local.hour]) * local.minute / 60
    if local.weekday() >= _SATURDAY:
        return share * _WEEKEND
    return share * _MONDAY_PEAK.get(local.hour, 1.0) if local.weekday() == 0 else share


def lane_share(lane: LaneTraffic, share: float) -> float:
    """What a lane has of its own average when the whole day brings `share`."""
    return 1.0 + lane.by_the_hour * (share - 1.0)


def poisson(mean: float, dice: random.Random) -> int:
    """How many came, where `mean` are expected."""
    if mean <= 0:
        return 0
    if mean > _DIRECT_BELOW:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    left, product, count = math.exp(-mean), dice.random(), 0
    while product > left:
        product *= dice.random()
        count += 1
    return count


def some_of(count: int, share: float, dice: random.Random) -> int:
    """How many of `count` it hits, where each is hit with the probability `share`."""
    if share <= 0 or count <= 0:
        return 0
    if share >= 1:
        return count
    if count * share < _RARE:  # two at once do not happen
        return 1 if dice.random() < count * share else 0
    if count <= _DIRECT_BELOW:
        return sum(dice.random() < share for _ in range(count))
    return min(count, max(0, round(dice.gauss(count * share, math.sqrt(count * share * (1 - share))))))
