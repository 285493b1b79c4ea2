"""Missing data that mean nothing yet: of an alarm that is new, and of a time in which the cloud did not run.

CloudWatch takes a period before an alarm's creation as missing, so one that treats missing data as breaching speaks
as soon as it is made, until its figures come: those that functions measure begin with the next full minute and a cold
start. And a laptop is shut. Neither is worth a page, so here such an alarm keeps its state for a while, and until it
could have seen all of its periods; what its figures say counts from the beginning.
"""

from collections.abc import Iterable
from dataclasses import replace

from statline.alarms.model import Alarm, MetricAlarm, Missing

USUAL = 180.0
"""Seconds."""
_STOOD_STILL = 60.0
"""Seconds between two looks after which nobody ran meanwhile."""


class Patience:
    """Knows since when each alarm is watched without a gap. least: the seconds that every alarm is given."""

    def __init__(self, least: float = USUAL) -> None:
        self._least = least
        self._since: dict[str, float] = {}
        self._looked_at = 0.0

    def look(self, now: float) -> bool:
        """Say that somebody looks (seconds of the epoch); whether all begins anew, as nobody did for a while."""
        gap, self._looked_at = now - self._looked_at, now
        if gap > _STOOD_STILL:
            self._since.clear()
        return gap > _STOOD_STILL

    def applied(self, alarms: Iterable[Alarm], now: float) -> list[Alarm]:
        """The alarms as they are to be evaluated now."""
        given = list(alarms)
        self._since = {alarm.name: self._since.get(alarm.name, now) for alarm in given}
        return [self._softened(alarm, now) for alarm in given]

    def _softened(self, alarm: Alarm, now: float) -> Alarm:
        if not isinstance(alarm, MetricAlarm) or alarm.missing is not Missing.BREACHING:
            return alarm
        patience = max(self._least, (alarm.evaluation_periods + 1) * alarm.period)
        return alarm if now >= self._since[alarm.name] + patience else replace(alarm, missing=Missing.IGNORE)
