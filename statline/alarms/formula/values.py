"""The three kinds of values of metric math: a number, a time series, an array of time series.

A series has one place for each period of the frame that is computed, None where it has no datapoint. A number that
cannot be told (a division by zero) is None, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Scalar = float | None
Series = list[float | None]
Many = tuple[Series, ...]
Value = Scalar | Series | Many | str
"""A text is an argument only: METRICS("errors"), FILL(m1, REPEAT)."""


class WrongKindError(Exception):
    """An argument is of another kind than its function or operator takes. position: of that one, once it is known."""

    def __init__(self, wanted: str, found: Value) -> None:
        super().__init__(f"takes {wanted}, not {_kind(found)}")
        self.position: int | None = None


def _kind(found: Value) -> str:
    if isinstance(found, str):
        return "a word"
    if isinstance(found, list):
        return "a time series"
    return "an array of time series" if isinstance(found, tuple) else "a number"


@dataclass(frozen=True, slots=True)
class Frame:
    """What an expression is computed over.

    starts: when each period begins, seconds of the epoch. period: its length in seconds. series: the metrics by id,
    each as long as `starts`, in the order of the alarm's queries.
    """

    starts: Sequence[float]
    period: int
    series: Mapping[str, Series]


def each(value: Value, change: Callable[[float], float | None]) -> Value:
    """Every datapoint changed, in whatever kind of value."""
    if isinstance(value, tuple):
        return tuple(_each(one, change) for one in value)
    if isinstance(value, list):
        return _each(value, change)
    if isinstance(value, str):
        raise WrongKindError("a number, a time series or an array", value)
    return None if value is None else change(value)


def many(value: Value) -> Many:
    """An array; a single series is an array of one. Raises WrongKindError."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, list):
        return (value,)
    raise WrongKindError("an array of time series", value)


def number(value: Value) -> float:
    """A number. Raises WrongKindError."""
    if isinstance(value, float | int):
        return float(value)
    raise WrongKindError("a number", value)


def _each(series: Series, change: Callable[[float], float | None]) -> Series:
    return [None if point is None else change(point) for point in series]
