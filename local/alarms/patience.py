"""Missing data that mean nothing yet: of an alarm that is new, and of a time in which the cloud did not run.

CloudWatch takes a period before an alarm's creation as missing, so one that treats missing data as breaching speaks
as soon as it is made, until its figures come: those that functions measure begin with the next full minute and a cold
start. And a laptop is shut. Neither is worth a page, so here such an alarm keeps its state for a while, and until it
could have seen all of its periods. So does every alarm that was in a state before the laptop was shut. What figures say
counts from the beginning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from statline.alarms.model import Alarm, MetricAlarm, Missing, State

USUAL = 180.0
"""Seconds."""
_STOOD_STILL = 60.0
"""Seconds between two looks after which nobody ran meanwhile."""


class Patience:
    """Knows since when each alarm is watched without a gap. least: the seconds that every alarm is given."""

    def __init__(self, least: float = USUAL) -> None:
        self._least = least
        self._since: dict[str, float] = {}
        self._had_a_state: frozenset[str] = frozenset()
        self._looked_at = 0.0

    def look(self, now: float, states: Mapping[str, State]) -> None:
        """Say that somebody looks (seconds of the epoch), and finds the alarms in these states."""
        gap, self._looked_at = now - self._looked_at, now
        if gap > _STOOD_STILL:
            self._since.clear()
            self._had_a_state = frozenset(
                name for name, state in states.items() if state is not State.INSUFFICIENT_DATA
            )

    def applied(self, alarms: Iterable[Alarm], now: float) -> list[Alarm]:
        """The alarms as they are to be evaluated now."""
        given = list(alarms)
        self._since = {alarm.name: self._since.get(alarm.name, now) for alarm in given}
        return [self._softened(alarm, now) for alarm in given]

    def _softened(self, alarm: Alarm, now: float) -> Alarm:
        if not isinstance(alarm, MetricAlarm) or not self._is_touchy(alarm):
            return alarm
        patience = max(self._least, (alarm.evaluation_periods + 1) * alarm.period)
        return alarm if now >= self._since[alarm.name] + patience else replace(alarm, missing=Missing.IGNORE)

    def _is_touchy(self, alarm: MetricAlarm) -> bool:
        """Whether silence would bring it into a state that means nothing yet."""
        return alarm.missing is Missing.BREACHING or alarm.name in self._had_a_state
