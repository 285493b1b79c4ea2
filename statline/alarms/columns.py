"""The datapoints of many periods at once, for each age at which a period may be looked at.

A period's age is the number of evaluations since it ended. At age 0 a datapoint has what was seen by its end; greater
ages have what came late.
"""

from collections.abc import Iterator, Mapping, Sequence

from statline.alarms.decision import Point
from statline.alarms.formula.values import Frame, Series
from statline.alarms.grouping import Grid, Grouped
from statline.alarms.model import MetricKey, Sample
from statline.alarms.plan import Plan
from statline.alarms.sampled import Sampled
from statline.alarms.statistic import SIMPLE, Statistic

_Rows = dict[int, Series]
"""One datapoint for each period, as they stand from this age until the next one."""


def windows(plan: Plan, sampled: Sampled, first: int, evaluations: int) -> Iterator[tuple[Point, ...]]:
    """What each evaluation looks at, the newest last. first: the moment of the first; they are a period apart."""
    period, span = plan.alarm.period, plan.range
    grid = Grid(first - span * period, period, evaluations + span - 1, span - 1)

    def rows_of(metric: MetricKey, statistic: Statistic) -> _Rows:
        return _rows(sampled.grouped(metric, grid, every=plan.every), statistic, grid)

    rows = {name: rows_of(one.metric, one.statistic) for name, one in plan.measured.items()}
    counts = [rows_of(one.metric, SIMPLE["SampleCount"]) for one in plan.measured.values() if plan.fewest]
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


def _rows(grouped: Grouped, statistic: Statistic, grid: Grid) -> _Rows:
    values = [_compute(statistic, samples) for samples in grouped.samples]
    rows: _Rows = {}
    for age in grouped.all_ages:
        if age <= grid.oldest:
            rows[age] = [value if known <= age else None for value, known in zip(values, grouped.ages, strict=True)]
            for place, mixed in grouped.mixed.items():
                rows[age][place] = _compute(statistic, mixed.seen(age))
    return rows


def _compute(statistic: Statistic, samples: Sequence[Sample]) -> float | None:
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
