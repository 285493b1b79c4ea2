"""SUM, AVG and their like: over a series a number, over an array a series.

Of an array, a period in which no series has a datapoint has none. AVG treats a missing datapoint as 0 ("Missing values
are treated as 0"), as long as another series has one; the others leave it out.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from statline.alarms.formula.values import Series, Value, WrongKindError

_Points = Sequence[float]


def _deviation(points: _Points) -> float:
    mean = sum(points) / len(points)
    return math.sqrt(sum((point - mean) ** 2 for point in points) / len(points))


def _count(points: _Points) -> float:
    return float(len(points))


def _mean(points: _Points) -> float:
    return sum(points) / len(points)


def _aggregate(one: Callable[[_Points], float], across: Callable[[_Points, int], float]) -> Callable[[Value], Value]:
    def compute(value: Value) -> Value:
        if isinstance(value, tuple):
            return _columns(value, across)
        if isinstance(value, list):
            points = [point for point in value if point is not None]
            return one(points) if points else None
        raise WrongKindError("a time series or an array", value)

    return compute


def _columns(array: tuple[Series, ...], across: Callable[[_Points, int], float]) -> Series:
    columns = ([point for point in column if point is not None] for column in zip(*array, strict=True))
    return [across(points, len(array)) if points else None for points in columns]


def _alike(one: Callable[[_Points], float]) -> Callable[[Value], Value]:
    return _aggregate(one, lambda points, _: one(points))


AGGREGATES: Mapping[str, Callable[[Value], Value]] = MappingProxyType(
    {
        "SUM": _alike(sum),
        "MIN": _alike(min),
        "MAX": _alike(max),
        "STDDEV": _alike(_deviation),
        "DATAPOINT_COUNT": _alike(_count),
        "AVG": _aggregate(_mean, lambda points, series: sum(points) / series),
    }
)
