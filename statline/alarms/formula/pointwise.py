"""Functions that look at one datapoint at a time."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from statline.alarms.formula.values import Series, Value, WrongKindError, each

_Change = Callable[[float], float | None]


def _log(base: Callable[[float], float]) -> _Change:
    return lambda value: base(value) if value > 0 else None


_POINTS: Mapping[str, _Change] = MappingProxyType(
    {
        "ABS": abs,
        "CEIL": lambda value: float(math.ceil(value)),
        "FLOOR": lambda value: float(math.floor(value)),
        "LOG": _log(math.log),
        "LOG10": _log(math.log10),
    }
)


def _over(change: _Change) -> Callable[[Value], Value]:
    return lambda value: each(value, change)


CHANGES: Mapping[str, Callable[[Value], Value]] = MappingProxyType(
    {name: _over(change) for name, change in _POINTS.items()}
)


def choose(condition: Value, when_true: Value, when_false: Value = None) -> Value:
    """IF. False is 0, all else is true.

    Where the condition has no datapoint, there is none. Where it is true and the second has none, it is 0; where it is
    false and the third has none, or is not given, there is none (the tables of "Using IF expressions").
    """
    if isinstance(condition, list):
        return _choose_each(condition, when_true, when_false)
    if isinstance(condition, tuple | str):
        raise WrongKindError("one time series or a number as its condition", condition)
    chosen = None if condition is None else when_true if condition else when_false
    for other in (when_true, when_false):
        if chosen is None and isinstance(other, list):
            return [None] * len(other)
    return chosen


def _choose_each(condition: Series, when_true: Value, when_false: Value) -> Series:
    trues = _points(when_true, len(condition))
    falses = _points(when_false, len(condition))
    return [
        None if test is None else ((true or 0.0) if test else false)
        for test, true, false in zip(condition, trues, falses, strict=True)
    ]


def _points(value: Value, length: int) -> Series:
    if isinstance(value, list):
        return value
    if isinstance(value, tuple | str):
        raise WrongKindError("one time series or a number as its values", value)
    return [value] * length
