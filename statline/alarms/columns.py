"""The datapoints of many periods at once, for each age at which a period may be looked at.

A period's age is the number of evaluations since it ended. At age 0 a datapoint has what was seen by its end; greater
ages have what came late.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from statline.alarms.decision import Point
from statline.alarms.formula.values import Frame, Series
from statline.alarms.model import Sample
from statline.alarms.plan import Measured, Plan
from statline.alarms.sampled import Sampled
from statline.alarms.statistic import SIMPLE, Statistic

_moment = attrgetter("at")
_Rows = dict[int, Series]
"""One datapoint for each period, as they stand from this age until the next one."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The periods of some evaluations: `range` of them for the first, one more for each further one."""

    first: float
    period: int
    periods: int
    oldest: int
    """The greatest age at which a period is looked at."""

    @property
    def starts(self) -> list[float]:
        """When each period begins."""
        return [self.first + index * self.period for index in range(self.periods)]


def windows(plan: Plan, sampled: Sampled, first: int, evaluations: int) -> Iterator[tuple[Point, ...]]:
    """What each evaluation looks at, the newest last. first: the moment of the first; they are a period apart."""
    period, span = plan.alarm.period, plan.range
    grid = Grid(first - span * period, period, evaluations + span - 1, span - 1)
    rows = {name: _rows(sampled, one, one.statistic, grid) for name, one in plan.measured.items()}
    counts = [_rows(sampled, one, SIMPLE["SampleCount"], grid) for one in plan.measured.values() if plan.fewest]
    by_age = _by_age if plan.stands_alone else _by_window
    return by_age(plan, grid, rows, counts)


def _by_age(plan: Plan, grid: Grid, rows: Mapping[str, _Rows], counts: Sequence[_Rows]) -> Iterator[tuple[Point, ...]]:
    """Where each datapoint depends on its own period only, a row of them is computed at once."""
    starts = grid.starts
    points: list[Sequence[Point]] = []
    ages = {age for found in (*rows.values(), *counts) for age in found}
    for age in range(grid.oldest + 1):
        if age in ages or not points:
            frame = Frame(starts, grid.period, {name: _at(found, age) for name, found in rows.items()})
            points.append(plan.points(plan.values(frame), _fewest(counts, age)))
        else:
            points.append(points[-1])
    evaluations = grid.periods - grid.oldest
    return zip(
        *(points[age][grid.oldest - age : grid.oldest - age + evaluations] for age in range(grid.oldest, -1, -1)),
        strict=True,
    )


def _by_window(
    plan: Plan, grid: Grid, rows: Mapping[str, _Rows], counts: Sequence[_Rows]
) -> Iterator[tuple[Point, ...]]:
    """Where a datapoint depends on how far one looks back, each evaluation's window is computed by itself."""
    starts = grid.starts
    for newest in range(grid.oldest, grid.periods):
        places = range(newest - grid.oldest, newest + 1)

        def seen(found: _Rows, newest: int = newest, places: range = places) -> Series:
            return [_at(found, newest - place)[place] for place in places]

        frame = Frame([starts[place] for place in places], grid.period, {n: seen(found) for n, found in rows.items()})
        yield tuple(plan.points(plan.values(frame), _least([seen(found) for found in counts])))


def _rows(sampled: Sampled, measured: Measured, statistic: Statistic, grid: Grid) -> _Rows:
    grouped = _grouped(sampled.of(measured.metric), grid)
    values = [_compute(statistic, samples) for samples in grouped.samples]
    ages = grouped.ages
    rows: _Rows = {}
    for age in sorted({0, *ages, *(age for place in grouped.mixed for age in grouped.ages_in(place, grid))}):
        if age <= grid.oldest:
            rows[age] = [value if known <= age else None for value, known in zip(values, ages, strict=True)]
            for place in grouped.mixed:
                rows[age][place] = _compute(statistic, grouped.seen(place, age, grid))
    return rows


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The samples of each period, and the age at which they are seen. mixed: the periods where that differs."""

    samples: list[list[Sample]]
    ages: list[int]
    mixed: set[int]

    def ages_in(self, place: int, grid: Grid) -> list[int]:
        """At which ages the samples of a period are seen."""
        return [_age(sample, grid.first + (place + 1) * grid.period, grid.period) for sample in self.samples[place]]

    def seen(self, place: int, age: int, grid: Grid) -> list[Sample]:
        """The samples of a period that are seen at an age."""
        ages = self.ages_in(place, grid)
        return [sample for sample, known in zip(self.samples[place], ages, strict=True) if known <= age]


def _grouped(samples: Sequence[Sample], grid: Grid) -> _Grouped:
    first, period = grid.first, grid.period
    end = first + grid.periods * period
    grouped = _Grouped([[] for _ in range(grid.periods)], [0] * grid.periods, set())
    groups, ages = grouped.samples, grouped.ages
    for sample in samples[bisect_left(samples, first, key=_moment) : bisect_left(samples, end, key=_moment)]:
        place = int((sample.at - first) // period)
        age = _age(sample, first + (place + 1) * period, period)
        if not groups[place]:
            ages[place] = age
        elif age != ages[place]:
            grouped.mixed.add(place)
        groups[place].append(sample)
    return grouped


def _age(sample: Sample, ended: float, period: int) -> int:
    """How old a sample's period is when an evaluation first sees it: 0 where that is at once."""
    seen_at = sample.seen_at
    return 0 if seen_at is None or seen_at <= ended else -int((ended - seen_at) // period)


def _compute(statistic: Statistic, samples: list[Sample]) -> float | None:
    if not samples:
        return None
    return statistic.lone(samples[0]) if len(samples) == 1 else statistic.of(samples)


def _at(rows: _Rows, age: int) -> Series:
    return rows[max(known for known in rows if known <= age)]


def _fewest(counts: Sequence[_Rows], age: int) -> Series:
    return _least([_at(found, age) for found in counts])


def _least(counts: Sequence[Series]) -> Series:
    """How many samples each datapoint rests on: of several metrics the fewest."""
    return [min(count or 0 for count in column) for column in zip(*counts, strict=True)]
