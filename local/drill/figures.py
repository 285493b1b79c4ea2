"""From single times to what is said of them: percentiles by act, moment and lane, and what went otherwise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from local.drill.clinic import Answer
from local.drill.plan import (
    DELIVERY_SLACK,
    GONE,
    LEAST_SUFFERING_FACTOR,
    MOST_DELIVERY_FACTOR,
    MOST_STEADY_FACTOR,
    STEADY,
    Act,
    Moment,
)
from local.drill.traffic import Taken
from statline.contract.words import Priority


@dataclass(frozen=True, slots=True)
class Span:
    """When a moment of an act was (epoch seconds)."""

    moment: Moment
    begin: float
    end: float

    def holds(self, at: float) -> bool:
        """Whether something that began then belongs to it."""
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Played:
    """An act as it was: its three spans, and what was said of it on the way."""

    act: Act
    spans: tuple[Span, Span, Span]
    notes: tuple[str, ...] = ()
    spoke: bool = True

    def span(self, moment: Moment) -> Span:
        """The span of a moment."""
        return next(span for span in self.spans if span.moment is moment)


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
    """A lane's deliveries that began in a span."""
    return spread([one.seconds for one in taken if one.lane is lane and span.holds(one.at)])


def database(answers: Sequence[Answer], span: Span) -> Spread:
    """The primary's answers to the applications in a span."""
    return spread([answer.seconds for answer in answers if span.holds(answer.at)])


def faults(played: Played, taken: Sequence[Taken], answers: Sequence[Answer]) -> list[str]:
    """What did not go as the act expects; nothing where all did."""
    during, before = played.span(Moment.DURING), played.span(Moment.BEFORE)
    found = [
        fault
        for lane in Priority
        if (fault := _delivery_fault(lane, delivery(taken, lane, before), delivery(taken, lane, during)))
    ]
    at_rest, then = database(answers, before), database(answers, during)
    fault = _database_fault(played.act, at_rest, then)
    return [*found, *([fault] if fault else []), *([] if played.spoke else ["on-call was not told"])]


def _delivery_fault(lane: Priority, before: Spread, during: Spread) -> str:
    if during.lost:
        return f"{during.lost} of {during.lost + during.count} {lane} notifications never reached their provider"
    if during.p50 > max(before.p50 * MOST_DELIVERY_FACTOR, before.p50 + DELIVERY_SLACK * 1e3):
        return f"{lane} deliveries took {during.p50:.0f} ms, {before.p50:.0f} ms before"
    return ""


def _database_fault(act: Act, before: Spread, during: Spread) -> str:
    if act.primary == GONE:
        return "the primary still answered" if during.count > before.count / 2 else ""
    factor = during.p95 / before.p95
    if act.primary == STEADY and not factor <= MOST_STEADY_FACTOR:
        return f"the primary's 95th percentile rose {factor:.1f} times"
    if act.primary != STEADY and not factor >= LEAST_SUFFERING_FACTOR:
        return f"the primary hardly suffered: its 95th percentile is {factor:.1f} times what it was"
    return ""
