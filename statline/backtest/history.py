"""A history: named series of figures, sorted and each moment once, and what had to be done for that."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_LENGTHS = (
    *(7 * _DAY, _DAY),
    *(hours * _HOUR for hours in (12, 6, 4, 3, 2, 1)),
    *(minutes * _MINUTE for minutes in (30, 20, 15, 10, 5, 4, 3, 2, 1)),
    *(30.0, 20.0, 15.0, 10.0, 5.0, 2.0, 1.0),
)
"""The lengths that periods have."""
_NEARLY_ALL = 0.95


@dataclass(frozen=True, kw_only=True)
class Series:
    """The figures of one metric, in order.

    id, label: what the file calls it. points: moment (seconds of the epoch) and value, each moment once.
    repeated: rows whose moment came again with the same value. disputed: with another one; the last in the file counts.
    empty: rows without a number. silent: the moments that only such rows have. unordered: they were in no order.
    until: the last moment of anything in the same answer of CloudWatch's, where it is one.
    """

    id: str
    label: str
    points: Sequence[tuple[float, float]]
    repeated: int = 0
    disputed: int = 0
    empty: int = 0
    silent: Sequence[float] = ()
    unordered: bool = False
    until: float | None = None

    @property
    def first(self) -> float:
        """The first moment."""
        return self.points[0][0]

    @property
    def last(self) -> float:
        """The last moment."""
        return self.points[-1][0]

    @property
    def told_until(self) -> float:
        """The last moment that a row of its own is about, be it that there is no figure."""
        return max([self.last, *self.silent[-1:]])

    @cached_property
    def spacing(self) -> float | None:
        """The length of the periods that the figures are of, in seconds; None where they keep to none, or are one.

        It is the longest of which nearly all distances are multiples: a metric that is only published now and then
        keeps to its minutes all the same.
        """
        moments = sorted((*(moment for moment, _ in self.points), *self.silent))
        steps = Counter(after - before for before, after in pairwise(moments))
        fitting = (
            length
            for length in _LENGTHS
            if sum(count for step, count in steps.items() if _is_multiple(step, length)) >= _NEARLY_ALL * steps.total()
        )
        return next(fitting, None) if steps else None


def _is_multiple(step: float, length: float) -> bool:
    """Whether a distance is one or more times a length; clocks that jitter a little are forgiven."""
    times = round(step / length)
    return times >= 1 and abs(step - times * length) <= length / 50


@dataclass(frozen=True, slots=True)
class History:
    """What a file holds. notes: what a reader should know of it, in sentences."""

    series: Sequence[Series]
    notes: Sequence[str] = ()


def series_of(id_: str, label: str, rows: Iterable[tuple[float, float | None]]) -> Series:
    """A series from rows as a file has them: unordered, repeated, and some without a number.

    The newest first is an order, too: CloudWatch answers so.
    """
    values: dict[float, float] = {}
    silent: list[float] = []
    repeated = disputed = 0
    turns: set[bool] = set()
    before: float | None = None
    for moment, value in rows:
        if value is None or not math.isfinite(value):
            silent.append(moment)
            continue
        if before is not None and moment != before:
            turns.add(moment > before)
        before = moment
        if moment in values:
            same = values[moment] == value
            repeated, disputed = repeated + same, disputed + (not same)
        values[moment] = value
    return Series(
        id=id_,
        label=label,
        points=sorted(values.items()),
        repeated=repeated,
        disputed=disputed,
        empty=len(silent),
        silent=sorted(set(silent) - values.keys()),
        unordered=len(turns) > 1,
    )


def merged(histories: Iterable[History]) -> History:
    """Several files as one: what they call the same is the same."""
    found: dict[str, list[Series]] = {}
    notes: list[str] = []
    for history in histories:
        notes += history.notes
        for series in history.series:
            found.setdefault(series.id, []).append(series)
    return History([_joined(parts) for parts in found.values()], notes)


def _joined(parts: Sequence[Series]) -> Series:
    if len(parts) == 1:
        return parts[0]
    whole = series_of(parts[0].id, parts[0].label, (point for part in parts for point in part.points))
    known = {moment for moment, _ in whole.points}
    return replace(
        whole,
        repeated=whole.repeated + sum(part.repeated for part in parts),
        disputed=whole.disputed + sum(part.disputed for part in parts),
        empty=sum(part.empty for part in parts),
        silent=sorted({moment for part in parts for moment in part.silent} - known),
        unordered=any(part.unordered for part in parts),
        until=max((part.until for part in parts if part.until is not None), default=None),
    )


_LATEST = 15 * _MINUTE
"""AWS's own figures may come so late: what was fetched at once may be without the newest."""


def end_of(series: Series, period: float) -> float:
    """Until when it is known what a series says, or that it says nothing. period: seconds, of the alarm.

    In one answer of CloudWatch's all series are of the same time. So one that ends long before the others fell silent.
    """
    end = series.told_until + max(series.spacing or period, period)
    return series.until if fell_silent(series, period) and series.until is not None else end


def fell_silent(series: Series, period: float) -> bool:
    """Whether others go on long after its last row."""
    end = series.told_until + max(series.spacing or period, period)
    return series.until is not None and series.until - end >= _LATEST


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without figures. start: when the first missing one would have been; end: when the next one came."""

    start: float
    end: float


def gaps_of(series: Series, period: float) -> list[Gap]:
    """Where periods are missing. period: seconds; a figure stands for at least its series' spacing."""
    step = max(period, series.spacing or period)
    return [
        Gap(before + step, after) for (before, _), (after, _) in pairwise(series.points) if after - before >= 2 * step
    ]
