"""The state that an alarm's window of datapoints means: one pure rule, whatever the figures are.

Source: "Configuring how CloudWatch alarms treat missing data" of the CloudWatch user guide (alarms-and-missing-data).
CloudWatch looks at an *evaluation range*, somewhat more periods than the alarm has evaluation periods (N):

1. Where at least N periods of the range have a datapoint, the newest N decide, however far back they lie; how missing
   data is treated does not matter. ALARM if at least M (datapoints to alarm) of them breach, else OK.
2. Where fewer have one, all of them count, and the rest of the N is filled as the alarm treats missing data:

   * ``breaching``: each filled one breaches. ``notBreaching``: none does. Then as in 1.
   * ``missing`` and ``ignore`` fill nothing:

     a. No datapoint at all: INSUFFICIENT_DATA; ``ignore`` keeps the state.
     b. At least M breach: ALARM.
     c. Any does not breach: OK. (The tables' rows ``0 - X - -`` and ``- - - - 0`` at 2 of 3.)
     d. All breach, but they are fewer than M: a lone breach must not alarm, because the next datapoint may be good; but
        once the oldest of them is M periods old and nothing good came, it does: ALARM, "premature alarm state".
        ``ignore`` keeps the state here (row 5 of both tables).
     e. All breach, fewer than M, the oldest younger than M periods: not ALARM yet.
"""

from collections.abc import Sequence
from enum import IntEnum

from statline.alarms.model import Missing, State


class Point(IntEnum):
    """What one period of the range says."""

    GOOD = 0
    BREACH = 1
    NONE = 2


_EXTRA_PERIODS = 2
"""The documentation's tables have a range of 5 for 3 evaluation periods."""


def evaluation_range(evaluation_periods: int) -> int:
    """How many periods CloudWatch looks at."""
    return evaluation_periods + _EXTRA_PERIODS


def decide(points: Sequence[Point], *, periods: int, enough: int, missing: Missing, current: State) -> State:
    """The state after an evaluation. points: the evaluation range, the newest last."""
    there = [point for point in points if point is not Point.NONE]
    breaches = sum(point is Point.BREACH for point in there[-periods:])
    if len(there) >= periods or breaches >= enough:
        return _either(breaches >= enough)
    if missing is Missing.BREACHING:
        return _either(breaches + periods - len(there) >= enough)
    if missing is Missing.NOT_BREACHING or breaches < len(there):
        return State.OK
    if missing is Missing.IGNORE:
        return current
    if not there:
        return State.INSUFFICIENT_DATA
    oldest = len(points) - points.index(Point.BREACH)
    return State.ALARM if oldest >= enough else State.OK


def _either(alarm: bool) -> State:
    return State.ALARM if alarm else State.OK
