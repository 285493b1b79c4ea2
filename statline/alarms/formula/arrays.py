"""Functions that make arrays, or take them apart."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from statline.alarms.formula.values import Frame, Many, Series, Value, WrongKindError, many, number


def metrics(frame: Frame, arguments: list[Value]) -> Value:
    """METRICS: all metrics of the alarm, or those whose id has the text in it."""
    part = arguments[0] if arguments else ""
    if not isinstance(part, str):
        raise WrongKindError("a text in quotes", part)
    return tuple(series for name, series in frame.series.items() if part in name)


def metric_count(value: Value) -> Value:
    """METRIC_COUNT: how many series."""
    return float(len(many(value)))


def first(value: Value) -> Value:
    """FIRST series of an array."""
    return _nth(many(value), 0)


def last(value: Value) -> Value:
    """LAST series of an array."""
    return _nth(many(value), -1)


def part(value: Value, start: Value, end: Value = None) -> Value:
    """SLICE: from the one with the number `start`, counted from 0, up to but not with `end`."""
    array = many(value)
    return array[int(number(start)) : len(array) if end is None else int(number(end))]


def remove_empty(value: Value) -> Value:
    """REMOVE_EMPTY: without the series that have no datapoint."""
    return tuple(series for series in many(value) if any(point is not None for point in series))


def sort(value: Value, by: Value, order: Value, limit: Value = None) -> Value:
    """SORT: by AVG, MIN, MAX or SUM, ASC or DESC, at most `limit` of them. Series without datapoints come last."""
    if not isinstance(by, str) or by not in _MEASURES or order not in {"ASC", "DESC"}:
        raise WrongKindError("AVG, MIN, MAX or SUM, and then ASC or DESC", by)
    measure, sign = _MEASURES[by], -1 if order == "DESC" else 1
    empty = [series for series in many(value) if not _points(series)]
    others = [series for series in many(value) if _points(series)]
    ordered = (*sorted(others, key=lambda series: sign * measure(_points(series))), *empty)
    return ordered if limit is None else ordered[: int(number(limit))]


_MEASURES: Mapping[str, Callable[[list[float]], float]] = MappingProxyType(
    {"AVG": lambda points: sum(points) / len(points), "MIN": min, "MAX": max, "SUM": sum}
)


def _points(series: Series) -> list[float]:
    return [point for point in series if point is not None]


def _nth(array: Many, index: int) -> Value:
    if not array:
        raise WrongKindError("an array with at least one time series", array)
    return array[index]
