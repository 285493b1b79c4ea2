"""Functions of the time of a period's beginning, in UTC: MINUTE, HOUR, DAY and their like."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from statline.alarms.formula.values import Frame, Value, WrongKindError

CLOCKS: Mapping[str, Callable[[datetime], float]] = MappingProxyType(
    {
        "MINUTE": lambda moment: moment.minute,
        "HOUR": lambda moment: moment.hour,
        "DAY": lambda moment: moment.isoweekday(),
        "DATE": lambda moment: moment.day,
        "MONTH": lambda moment: moment.month,
        "YEAR": lambda moment: moment.year,
        "EPOCH": lambda moment: moment.timestamp(),
    }
)
"""DAY is 1 on a Monday and 7 on a Sunday."""


def reader(name: str) -> Callable[[Frame, list[Value]], Value]:
    """The function of this name: a series without gaps, whatever gaps its argument has."""
    read = CLOCKS[name]

    def compute(frame: Frame, arguments: list[Value]) -> Value:
        if not isinstance(arguments[0], list):
            raise WrongKindError("a time series", arguments[0])
        return [float(read(datetime.fromtimestamp(start, UTC))) for start in frame.starts]

    return compute
