"""The state that an alarm's window of datapoints means: one pure rule, whatever the figures are.

Source: "Configuring how CloudWatch alarms treat missing data" in the CloudWatch user guide (alarms-and-missing-data).
CloudWatch looks at an *evaluation range*, somewhat more periods than the alarm's evaluation periods (N):

1. Where at least N periods of the range have a datapoint, the newest N of them decide, however far back they lie, and
   how missing data is treated does not matter. ALARM if at least M (datapoints to alarm) of them breach, else OK.
2. Where fewer have one, all of them count, and the rest of the N is filled as the alarm treats missing data:

   * ``breaching``: each filled one breaches. ``notBreaching``: none does. Then as in 1.
   * ``missing`` and ``ignore`` fill nothing:

     a. At least M breach: ALARM.
     b. There is one that does not breach: OK. (The tables' rows ``0 - X - -`` and ``- - - - 0`` at 2 of 3.)
     c. There is none at all: INSUFFICIENT_DATA; ``ignore`` keeps the state.
     d. All breach, but they are fewer than M. A lone breach must not alarm, the next datapoint may be good; but when
        the oldest of them is M periods old and nothing good came since, it does: ALARM, which the page calls the
        premature alarm state (row 5 of both tables). ``ignore`` keeps the state, as these rows have it.
     e. Like d, but the oldest is younger than M periods: not ALARM yet, so INSUFFICIENT_DATA; ``ignore`` keeps the
        state. (The row ``- - - - X`` of both tables, as the page had them until row 5 became an example of d.)

Where the page is not clear: it says of d only that "all other more recent datapoints are breaching or missing", which
would make ``0 - X - -`` at 2 of 3 ALARM. Its table says OK, so an older good datapoint in the range prevents it. Of e
it says by now only what the state is not; what it is, its earlier editions print, and nothing in it takes that back.

3. Percentiles of few samples ("Percentile-based alarms and low data samples"): where the alarm says ``ignore``, the
   state is kept while one of the datapoints that would be compared rests on too few.
"""

from collections.abc import Sequence
from enum import IntEnum

from statline.alarms.model import Missing, State


class Point(IntEnum):
    """What one period of the range says. FEW: a percentile of too few samples, which the alarm wants ignored."""

    GOOD = 0
    BREACH = 1
    NONE = 2
    FEW = 3


EXTRA_PERIODS = 2
"""How much further CloudWatch looks back than the evaluation periods. AWS does not publish the number ("depends on the
length of the alarm period"); all its examples have 5 for 3."""


def evaluation_range(evaluation_periods: int) -> int:
    """How many periods CloudWatch looks at."""
    return evaluation_periods + EXTRA_PERIODS


def decide(points: Sequence[Point], *, periods: int, enough: int, missing: Missing) -> State | None:
    """The state after an evaluation, None where the alarm keeps the one that it has.

    points: the evaluation range, the newest last. periods: N, the evaluation periods. enough: M, datapoints to alarm.
    """
    there = [point for point in points if point != Point.NONE]
    compared = there[-periods:]
    if Point.FEW in compared:
        return None
    breaches = compared.count(Point.BREACH)
    if len(compared) == periods or breaches >= enough:
        return _alarm_if(breaches >= enough)
    if missing is Missing.BREACHING:
        return _alarm_if(breaches + periods - len(compared) >= enough)
    if missing is Missing.NOT_BREACHING or breaches < len(compared):
        return State.OK
    return None if missing is Missing.IGNORE else _without_any_good(points, enough)


def _without_any_good(points: Sequence[Point], enough: int) -> State:
    """2c to 2e of an alarm for which missing data is missing: what there is breaches, and is less than enough."""
    early = Point.BREACH in points and len(points) - points.index(Point.BREACH) >= enough
    return State.ALARM if early else State.INSUFFICIENT_DATA


def filled(points: Sequence[Point], *, periods: int) -> int:
    """How many of the N datapoints must be filled: the column "# of data points that must be filled" of the tables."""
    return max(0, periods - sum(point != Point.NONE for point in points))


def _alarm_if(breached: bool) -> State:
    return State.ALARM if breached else State.OK
