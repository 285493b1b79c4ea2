"""Alarms over time: which state each is in, when it changes, who is told."""

from collections.abc import Iterable, Mapping

from statline.alarms.decision import Point, decide, evaluation_range
from statline.alarms.model import (
    Alarm,
    Comparison,
    Figures,
    MetricAlarm,
    State,
    Transition,
)

_HIGH_RESOLUTION, _STANDARD = 10, 60
_BREACHES = {
    Comparison.ABOVE: lambda value, threshold: value > threshold,
    Comparison.AT_LEAST: lambda value, threshold: value >= threshold,
    Comparison.BELOW: lambda value, threshold: value < threshold,
    Comparison.AT_MOST: lambda value, threshold: value <= threshold,
}


class Evaluator:
    """Evaluates alarms step by step, beside something that lives. Each alarm begins without data, as a new one does."""

    def __init__(self, alarms: Iterable[Alarm], figures: Figures, *, began: float) -> None:
        self._alarms = tuple(alarms)
        self._figures = figures
        self._began = began
        self._states = {alarm.name: State.INSUFFICIENT_DATA for alarm in self._alarms}
        self._evaluated: dict[str, float] = {}

    @property
    def states(self) -> Mapping[str, State]:
        """The state of each alarm, by name."""
        return dict(self._states)

    def step(self, now: float) -> list[Transition]:
        """Evaluate what is due at `now` (seconds of the epoch, never earlier than before); what changed, in order."""
        found = [self._evaluate(alarm, now) for alarm in self._alarms if isinstance(alarm, MetricAlarm)]
        return [transition for transition in found if transition]

    def _evaluate(self, alarm: MetricAlarm, now: float) -> Transition | None:
        every = _STANDARD if alarm.period >= _STANDARD else _HIGH_RESOLUTION
        moment = now // every * every
        if moment < self._began or moment <= self._evaluated.get(alarm.name, moment - 1):
            return None
        self._evaluated[alarm.name] = moment
        before = self._states[alarm.name]
        after = decide(
            self._points(alarm, moment, now),
            periods=alarm.evaluation_periods,
            enough=alarm.datapoints,
            missing=alarm.missing,
            current=before,
        )
        if after is before:
            return None
        self._states[alarm.name] = after
        return Transition(now, alarm.name, before, after, "", told=_told(alarm, after))

    def _points(self, alarm: MetricAlarm, moment: float, now: float) -> list[Point]:
        count = evaluation_range(alarm.evaluation_periods)
        starts = [moment - (count - index) * alarm.period for index in range(count)]
        return [self._point(alarm, start, now) for start in starts]

    def _point(self, alarm: MetricAlarm, start: float, now: float) -> Point:
        query = alarm.queries[0]
        if query.metric is None:
            return Point.NONE
        samples = self._figures.samples(query.metric, start, start + alarm.period, now)
        if not samples:
            return Point.NONE
        value = _STATISTICS.get(query.statistic, _STATISTICS["Average"])(samples)
        return Point.BREACH if _BREACHES[alarm.comparison](value, alarm.threshold) else Point.GOOD


_STATISTICS = {
    "Sum": lambda samples: sum(sample.value * sample.weight for sample in samples),
    "SampleCount": lambda samples: sum(sample.weight for sample in samples),
    "Minimum": lambda samples: min(sample.value for sample in samples),
    "Maximum": lambda samples: max(sample.value for sample in samples),
    "Average": lambda samples: (
        sum(sample.value * sample.weight for sample in samples) / sum(sample.weight for sample in samples)
    ),
}


def _told(alarm: Alarm, after: State) -> tuple[str, ...]:
    if not alarm.actions_enabled:
        return ()
    actions = alarm.actions
    return {
        State.ALARM: actions.alarm,
        State.OK: actions.ok,
        State.INSUFFICIENT_DATA: actions.insufficient_data,
    }[after]


def run(alarms: Iterable[Alarm], figures: Figures, start: float, end: float) -> list[Transition]:
    """What the alarms say from `start` to `end` (seconds of the epoch, both included), in order.

    The same as stepping an `Evaluator` every ten seconds.
    """
    evaluator = Evaluator(alarms, figures, began=start)
    moments = range(int(start // _HIGH_RESOLUTION), int(end // _HIGH_RESOLUTION) + 1)
    return [transition for moment in moments for transition in evaluator.step(moment * _HIGH_RESOLUTION)]
