"""From single times to what is said of them: the parts of a drill, and how the waits in each were spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from local.drill.traffic import Taken
from statline.contract.words import Priority

MOST_DELIVERY_FACTOR, DELIVERY_SLACK = 3.0, 0.5
"""Delivery is what it was: the median of a lane within this factor of before, or within so many seconds."""


class Moment(StrEnum):
    """The three parts of everything that is played."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Span:
    """When a moment was (epoch seconds)."""

    moment: Moment
    begin: float
    end: float

    def holds(self, at: float) -> bool:
        """Whether something that began then belongs to it."""
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Spread:
    """How some waits were spread, in milliseconds. `lost`: how many never ended."""

    count: int
    lost: int
    p50: float
    p95: float
    p99: float


def spread(seconds: Sequence[float | None]) -> Spread:
    """The spread of some waits; None is one that never ended."""
    ended = sorted(wait for wait in seconds if wait is not None)
    if not ended:
        return Spread(0, len(seconds), math.nan, math.nan, math.nan)
    return Spread(
        len(ended), len(seconds) - len(ended), median(ended) * 1e3, _percentile(ended, 95), _percentile(ended, 99)
    )


def _percentile(ended: Sequence[float], percent: int) -> float:
    return ended[max(0, math.ceil(percent / 100 * len(ended)) - 1)] * 1e3


def delivery(taken: Sequence[Taken], lane: Priority, span: Span) -> Spread:
    """A lane's deliveries that began in a span, of the steady traffic."""
    return spread([one.seconds for one in taken if one.lane is lane and one.steady and span.holds(one.at)])


def lost_fault(lane: Priority, found: Spread) -> str:
    """What to say of a lane that lost something; nothing where it did not."""
    if not found.lost:
        return ""
    return f"{found.lost} of {found.lost + found.count} {lane} notifications never reached their provider"


def slower_fault(lane: Priority, before: Spread, then: Spread) -> str:
    """What to say of a lane that is not what it was; nothing where it is."""
    if then.p50 > max(before.p50 * MOST_DELIVERY_FACTOR, before.p50 + DELIVERY_SLACK * 1e3):
        return f"{lane} deliveries took {then.p50:.0f} ms, {before.p50:.0f} ms before"
    return ""


def cell(found: Spread) -> str:
    """A spread as a table says it: median / 95th / 99th percentile."""
    if math.isnan(found.p50):
        return f"no answer ({found.lost} lost)" if found.lost else "no answer"
    lost = f", {found.lost} lost" if found.lost else ""
    return f"{found.p50:,.0f} / {found.p95:,.0f} / {found.p99:,.0f}{lost}"


def clock(seconds: float) -> str:
    """``t+mm:ss``."""
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"t{'-' if round(seconds) < 0 else '+'}{minutes:02}:{rest:02}"
