"""One region's alarms, evaluated over the figures that come there."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from local.alarms.account import Described
from local.alarms.feed import Came
from local.alarms.figures import Published
from local.alarms.patience import Patience
from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.evaluator import Evaluator
from statline.alarms.model import Alarm, MetricAlarm, MetricKey, Transition

_MORE_PERIODS = 5
"""CloudWatch looks at a few periods more than an alarm has; figures come a little late as well."""
_KEPT_AT_LEAST = 3600.0


class CloudWatch(Protocol):
    """Where a region's alarms are."""

    def described(self) -> Described:
        """What alarms there are, and in which states."""

    def set_state(self, transition: Transition) -> None:
        """Bring an alarm into a state."""


class Region:
    """The alarms of one region. `digest` is the number that they had when they were read last."""

    def __init__(self, cloudwatch: CloudWatch, patience: Patience) -> None:
        self._cloudwatch = cloudwatch
        self._figures = Published()
        self._patience = patience
        self._alarms: list[Alarm] = []
        self._watched: list[Alarm] = []
        self._evaluator = Evaluator((), self._figures, began=0.0)
        self._to_be_set: deque[Transition] = deque()
        self.digest: int | None = None
        self.unreadable: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many alarms are watched."""
        return len(self._alarms)

    @property
    def looks_back(self) -> float:
        """The seconds of the past in which a figure may still count."""
        metric_alarms = [alarm for alarm in self._alarms if isinstance(alarm, MetricAlarm)]
        spans = ((alarm.evaluation_periods + _MORE_PERIODS) * alarm.period for alarm in metric_alarms)
        return max((_KEPT_AT_LEAST, *spans))

    def refresh(self, digest: int, now: float) -> bool:
        """Read the alarms and their states; whether all figures must come again. Raises AwayError."""
        described = self._cloudwatch.described()
        self._alarms, self.unreadable = described.alarms, described.unreadable
        self._watch(now)
        awaited = {transition.alarm for transition in self._to_be_set}
        for name, state in self._evaluator.states.items():
            if described.states[name] is not state and name not in awaited:
                self._evaluator.place(name, described.states[name])
        self.digest = digest
        return self._figures.want(_metrics(self._alarms))

    def forget(self) -> None:
        """Drop what figures came: all come again."""
        self._figures.clear()

    def hear(self, came: Came) -> None:
        """Take what figures came."""
        self._figures.add(came)

    def evaluate(self, now: float) -> Iterator[Transition]:
        """Evaluate what is due, and set the states that changed: each as it is taken from the iterator.

        Raises AwayError; what was not set then is set the next time.
        """
        self._patience.look(now, self._evaluator.states)
        self._watch(now)
        self._to_be_set.extend(self._evaluator.step(now))
        self._figures.forget(now - self.looks_back)
        while self._to_be_set:
            if self._to_be_set[0].alarm in self._evaluator.states:
                self._cloudwatch.set_state(self._to_be_set[0])
                yield self._to_be_set[0]
            self._to_be_set.popleft()

    def _watch(self, now: float) -> None:
        """Tell the evaluator of the alarms, where they are others than those that it knows."""
        alarms = self._patience.applied(self._alarms, now)
        if alarms != self._watched:
            self._watched = alarms
            self._watch_readable(alarms)

    def _watch_readable(self, alarms: Sequence[Alarm]) -> None:
        """Leave out what cannot be evaluated: one such alarm must not silence the others."""
        try:
            self._evaluator.watch(alarms)
        except UnreadableAlarmError as problem:
            rest = [alarm for alarm in alarms if alarm.name != problem.where]
            if len(rest) == len(alarms):
                raise
            self.unreadable = (*self.unreadable, str(problem))
            self._watch_readable(rest)


def _metrics(alarms: Iterable[Alarm]) -> Iterator[MetricKey]:
    for alarm in alarms:
        if isinstance(alarm, MetricAlarm):
            yield from (query.metric for query in alarm.queries if query.metric)
