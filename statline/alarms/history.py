"""A stretch of history at once: when each metric alarm changes.

What a period's datapoint is worth depends only on how old the period is when it is looked at, since late samples come
in meanwhile. So for each age the datapoints of a whole day are computed once, an evaluation's window is one place of
each of these rows, and each different window is decided once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from statline.alarms.columns import windows
from statline.alarms.decision import Point
from statline.alarms.model import Figures, State
from statline.alarms.plan import Plan
from statline.alarms.sampled import Sampled
from statline.alarms.window import look

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Change:
    """A metric alarm changes state. plan: its number among the plans."""

    at: float
    plan: int
    after: State


def changes(plans: Sequence[Plan], figures: Figures, start: float, end: float) -> list[Change]:
    """Every change of the alarms from `start` to `end`, both included, by time and then in the order of the plans."""
    states = [State.INSUFFICIENT_DATA] * len(plans)
    found: list[Change] = []
    for first, last in _days(start, end):
        sampled = Sampled(plans, figures, first, last)
        for number, plan in enumerate(plans):
            begin = int(-(-first // plan.every) * plan.every)
            for index, after in enumerate(_decisions(plan, sampled, begin, last)):
                if after is not None and after is not states[number]:
                    states[number] = after
                    found.append(Change(float(begin + index * plan.every), number, after))
    found.sort(key=lambda change: (change.at, change.plan))
    return found


def _days(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Stretches of at most a day; whole multiples of all intervals but the last, so that none is evaluated twice."""
    first = start
    while first <= end:
        following = (first // _DAY + 1) * _DAY
        yield first, min(following - 1, end)
        first = following


def _decisions(plan: Plan, sampled: Sampled, begin: int, last: float) -> list[State | None]:
    """The decision of each evaluation, None where the state is kept."""
    count = max(0, int((last - begin) // plan.every) + 1)
    if plan.alarm.period % plan.every:
        moments = (float(begin + index * plan.every) for index in range(count))
        return [look(plan, sampled.figures, moment, moment).decide() for moment in moments]
    # With a period longer than the interval, evaluations take turns: each has periods that end where its own end.
    turns = plan.alarm.period // plan.every
    decisions: list[State | None] = [None] * count
    for turn in range(min(turns, count)):
        evaluations = len(range(turn, count, turns))
        seen = windows(plan, sampled, begin + turn * plan.every, evaluations)
        decisions[turn::turns] = _decide_all(plan, seen)
    return decisions


def _decide_all(plan: Plan, seen: Iterable[tuple[Point, ...]]) -> list[State | None]:
    known: dict[tuple[Point, ...], State | None] = {}
    decisions: list[State | None] = []
    for points in seen:
        if points not in known:
            known[points] = plan.decide(points)
        decisions.append(known[points])
    return decisions
