"""Functions that look along a series, or make one."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from statline.alarms.formula.values import Frame, Many, Series, Value, WrongKindError, many, number


def fill(_: Frame, arguments: list[Value]) -> Value:
    """FILL: by a number, by another series, by REPEAT (the last datapoint before) or LINEAR (a line over the gap).

    Where nothing is before (REPEAT), or only one side has a datapoint (LINEAR), nothing is filled.
    """
    value, filler = arguments
    filled = tuple(_filled(series, filler) for series in many(value))
    return filled if isinstance(value, tuple) else filled[0]


def _filled(series: Series, filler: Value) -> Series:
    if filler == "REPEAT":
        return _repeat(series)
    if filler == "LINEAR":
        return _linear(series)
    if isinstance(filler, list):
        return [other if point is None else point for point, other in zip(series, filler, strict=True)]
    if filler is None:
        return series
    constant = number(filler)
    return [constant if point is None else point for point in series]


def _repeat(series: Series) -> Series:
    last: float | None = None
    filled: Series = []
    for point in series:
        last = last if point is None else point
        filled.append(last)
    return filled


def _linear(series: Series) -> Series:
    filled = list(series)
    known = [index for index, point in enumerate(series) if point is not None]
    for left, right in pairwise(known):
        start, end = series[left] or 0.0, series[right] or 0.0
        for index in range(left + 1, right):
            filled[index] = start + (end - start) * (index - left) / (right - left)
    return filled


def time_series(frame: Frame, arguments: list[Value]) -> Value:
    """TIME_SERIES: the same number in every period."""
    (value,) = arguments
    return [None if value is None else number(value)] * len(frame.starts)


def period(frame: Frame, arguments: list[Value]) -> Value:
    """PERIOD: the metric's period in seconds; all metrics of an alarm have the same."""
    (value,) = arguments
    if not isinstance(value, list):
        raise WrongKindError("one metric", value)
    return float(frame.period)


_Step = Callable[[float, float], float]
"""From the difference of two datapoints that follow each other, and the seconds between them."""


def _stepwise(step: _Step) -> Callable[[Frame, list[Value]], Value]:
    def compute(frame: Frame, arguments: list[Value]) -> Value:
        (value,) = arguments
        stepped = tuple(list(_steps(frame, series, step)) for series in many(value))
        return stepped if isinstance(value, tuple) else stepped[0]

    return compute


def _steps(frame: Frame, series: Series, step: _Step) -> Iterator[float | None]:
    before: tuple[float, float] | None = None
    for start, point in zip(frame.starts, series, strict=True):
        if point is None or before is None:
            yield None
        else:
            yield step(point - before[1], start - before[0])
        before = before if point is None else (start, point)


difference = _stepwise(lambda value, _: value)
time_difference = _stepwise(lambda _, seconds: seconds)
rate = _stepwise(lambda value, seconds: value / seconds)


def running_sum(_: Frame, arguments: list[Value]) -> Value:
    """RUNNING_SUM: the sum of all datapoints so far, where there is one."""
    (value,) = arguments
    summed: Many = tuple(list(_running(series)) for series in many(value))
    return summed if isinstance(value, tuple) else summed[0]


def _running(series: Series) -> Iterator[float | None]:
    so_far = 0.0
    for point in series:
        so_far += point or 0.0
        yield None if point is None else so_far
