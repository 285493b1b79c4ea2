"""Alarms over time: which state each is in, when it changes, who is told.

`Evaluator` goes step by step beside something that lives; `run` does a whole stretch of history at once, and says the
same. An alarm begins without data, as a new one does in CloudWatch, and a composite leaves that state at once.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping

from statline.alarms.composites import Composites
from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.history import Change, changes
from statline.alarms.model import Alarm, Figures, MetricAlarm, State, Transition, told_of
from statline.alarms.plan import Plan, plan_of
from statline.alarms.reasons import reason_for
from statline.alarms.window import look

STEP = 10
"""Seconds between the evaluations of an alarm with a period below a minute."""


class Evaluator:
    """Evaluates alarms step by step."""

    def __init__(self, alarms: Iterable[Alarm], figures: Figures, *, began: float) -> None:
        """began: seconds of the epoch; nothing is evaluated for a moment before. Raises UnreadableAlarmError."""
        alarms = _unique(alarms)
        self._plans = [plan_of(alarm) for alarm in alarms if isinstance(alarm, MetricAlarm)]
        self._composites = Composites(alarms)
        self._figures = figures
        self._states = {alarm.name: State.INSUFFICIENT_DATA for alarm in alarms}
        self._last = {plan.alarm.name: began - 1 for plan in self._plans}

    def watch(self, alarms: Iterable[Alarm]) -> None:
        """Evaluate these from now on: alarms come, change and go. Raises UnreadableAlarmError, and goes on as before.

        An alarm that was there keeps its state. One that is new or changed is evaluated at the next step.
        """
        alarms = _unique(alarms)
        plans = [plan_of(alarm) for alarm in alarms if isinstance(alarm, MetricAlarm)]
        self._composites = Composites(alarms, self._composites)
        last = {plan.alarm: self._last[plan.alarm.name] for plan in self._plans}
        self._last = {plan.alarm.name: last.get(plan.alarm, -math.inf) for plan in plans}
        self._states = {alarm.name: self._states.get(alarm.name, State.INSUFFICIENT_DATA) for alarm in alarms}
        self._plans = plans

    def place(self, alarm: str, state: State) -> None:
        """Take notice that somebody has set an alarm's state (`SetAlarmState`); it is one that is watched.

        As in CloudWatch the next evaluation sets it to what its figures say; a composite stays until an alarm in its
        rule changes.
        """
        self._states[alarm] = state

    @property
    def states(self) -> Mapping[str, State]:
        """The state of each alarm, by name."""
        return dict(self._states)

    def step(self, now: float) -> list[Transition]:
        """Evaluate what is due at `now` (seconds of the epoch, never earlier than before); what changed, in order.

        An alarm is evaluated for the latest whole minute (or ten seconds, or hour), once; call this as often as you
        like, every ten seconds to miss nothing.
        """
        found = [transition for plan in self._plans if (transition := self._evaluate(plan, now))]
        return [*found, *self._composites.step(now, self._states)]

    def _evaluate(self, plan: Plan, now: float) -> Transition | None:
        name, moment = plan.alarm.name, now // plan.every * plan.every
        if moment <= self._last[name]:
            return None
        self._last[name] = moment
        window = look(plan, self._figures, moment, now)
        before, after = self._states[name], window.decide()
        if after is None or after is before:
            return None
        self._states[name] = after
        return Transition(now, name, before, after, reason_for(window, after), told_of(plan.alarm, after))


def run(alarms: Iterable[Alarm], figures: Figures, start: float, end: float) -> list[Transition]:
    """What the alarms say from `start` to `end` (seconds of the epoch, both included), in order.

    The same as stepping an `Evaluator` that began at `start` every ten seconds, and faster: the figures are asked for
    day by day, for what is seen at the end of the day, so a delay must stand in the samples' `seen_at`.
    Raises UnreadableAlarmError.
    """
    alarms = _unique(alarms)
    plans = [plan_of(alarm) for alarm in alarms if isinstance(alarm, MetricAlarm)]
    composites = Composites(alarms)
    states = {alarm.name: State.INSUFFICIENT_DATA for alarm in alarms}
    told: list[Transition] = []
    pending = deque(changes(plans, figures, start, end))
    at: float | None = -(-start // STEP) * STEP
    while at is not None and at <= end:
        while pending and pending[0].at <= at:
            told.append(_transition(pending.popleft(), plans, figures, states))
        told.extend(composites.step(at, states))
        at = _next(pending[0].at if pending else None, composites.due)
    return told


def _next(change: float | None, due: float | None) -> float | None:
    """When something happens next: an alarm changes, or a period of suppression is over."""
    ends = None if due is None else -(-due // STEP) * STEP
    return min((moment for moment in (change, ends) if moment is not None), default=None)


def _transition(change: Change, plans: list[Plan], figures: Figures, states: dict[str, State]) -> Transition:
    plan = plans[change.plan]
    before, states[plan.alarm.name] = states[plan.alarm.name], change.after
    reason = reason_for(look(plan, figures, change.at, change.at), change.after)
    return Transition(change.at, plan.alarm.name, before, change.after, reason, told_of(plan.alarm, change.after))


def _unique(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Names are unique in a region; two of one name would share a state."""
    named: dict[str, Alarm] = {}
    for alarm in alarms:
        if alarm.name in named:
            raise UnreadableAlarmError(alarm.name, "two alarms have this name; evaluate one region at a time")
        named[alarm.name] = alarm
    return list(named.values())
