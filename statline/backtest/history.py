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
    empty: rows without a number. unordered: whether the file had them in another order.
    """

    id: str
    label: str
    points: Sequence[tuple[float, float]]
    repeated: int = 0
    disputed: int = 0
    empty: int = 0
    unordered: bool = False

    @property
    def first(self) -> float:
        """The first moment."""
        return self.points[0][0]

    @property
    def last(self) -> float:
        """The last moment."""
        return self.points[-1][0]

    @cached_property
    def spacing(self) -> float | None:
        """The length of the periods that the figures are of, in seconds; None where they keep to none, or are one.

        It is the longest of which nearly all distances are multiples: a metric that is only published now and then
        keeps to its minutes all the same.
        """
        steps = Counter(after - before for (before, _), (after, _) in pairwise(self.points))
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
    """A series from rows as a file has them: unordered, repeated, and some without a number."""
    values: dict[float, float] = {}
    repeated = disputed = empty = 0
    ordered, before = True, -math.inf
    for moment, value in rows:
        if value is None or not math.isfinite(value):
            empty += 1
            continue
        ordered, before = ordered and moment >= before, moment
        if moment in values:
            same = values[moment] == value
            repeated, disputed = repeated + same, disputed + (not same)
        values[moment] = value
    points = sorted(values.items())
    return Series(
        id=id_, label=label, points=points, repeated=repeated, disputed=disputed, empty=empty, unordered=not ordered
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
    return replace(
        whole,
        repeated=whole.repeated + sum(part.repeated for part in parts),
        disputed=whole.disputed + sum(part.disputed for part in parts),
        empty=sum(part.empty for part in parts),
    )


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
