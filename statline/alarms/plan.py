"""An alarm made ready to be evaluated: its metrics, its statistics and its expressions, checked once."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from statline.alarms.decision import Point, decide, evaluation_range
from statline.alarms.errors import AlarmError, UnreadableAlarmError, WrongExpressionError
from statline.alarms.formula.compute import compute, names_in, stands_alone
from statline.alarms.formula.parser import parse
from statline.alarms.formula.tree import Node
from statline.alarms.formula.values import Frame, Series, Value
from statline.alarms.model import Comparison, MetricAlarm, MetricKey, Missing, State
from statline.alarms.statistic import Statistic, statistic_of

_Breaches = Callable[[float, float], bool]
BREACHES: Mapping[Comparison, _Breaches] = MappingProxyType(
    {
        Comparison.ABOVE: operator.gt,
        Comparison.AT_LEAST: operator.ge,
        Comparison.BELOW: operator.lt,
        Comparison.AT_MOST: operator.le,
    }
)
_ALWAYS_IGNORED = "AWS/DynamoDB"
_HIGH_RESOLUTION, _MINUTE, _HOUR, _DAY = 10, 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Measured:
    """A query that reads a metric."""

    metric: MetricKey
    statistic: Statistic


@dataclass(frozen=True)
class Plan:
    """An alarm, ready. measured: by the queries' ids. expressions: their texts and trees, likewise."""

    alarm: MetricAlarm
    measured: Mapping[str, Measured]
    expressions: Mapping[str, tuple[str, Node]]

    @cached_property
    def every(self) -> int:
        """How many seconds lie between evaluations: 10 with a period below a minute, 3600 where the evaluation
        periods are more than a day, else 60 ("Evaluating an alarm")."""
        if self.alarm.period < _MINUTE:
            return _HIGH_RESOLUTION
        return _HOUR if self.alarm.period * self.alarm.evaluation_periods > _DAY else _MINUTE

    @cached_property
    def missing(self) -> Missing:
        """How missing data is treated: "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore
        missing data even if you choose a different option" (PutMetricAlarm)."""
        namespaces = {one.metric.namespace for one in self.measured.values()}
        return Missing.IGNORE if _ALWAYS_IGNORED in namespaces else self.alarm.missing

    @cached_property
    def range(self) -> int:
        """How many periods an evaluation looks at."""
        return evaluation_range(self.alarm.evaluation_periods)

    def decide(self, points: Sequence[Point]) -> State | None:
        """The state after an evaluation that sees these, None where the alarm keeps the one that it has."""
        alarm = self.alarm
        return decide(points, periods=alarm.evaluation_periods, enough=alarm.datapoints, missing=self.missing)

    @cached_property
    def stands_alone(self) -> bool:
        """Whether each datapoint depends on its own period only."""
        return all(stands_alone(tree) for _, tree in self.expressions.values())

    @cached_property
    def fewest(self) -> float:
        """With fewer samples than this in a period, a datapoint is ignored; 0 where nothing is."""
        if not self.alarm.percentile_ignored:
            return 0
        return max((one.statistic.fewest for one in self.measured.values()), default=0)

    def points(self, values: Series, counts: Series) -> list[Point]:
        """What each datapoint says. counts: how many samples it rests on, looked at only where few are ignored."""
        breaches, threshold = BREACHES[self.alarm.comparison], self.alarm.threshold
        points = [
            Point.NONE if value is None else Point.BREACH if breaches(value, threshold) else Point.GOOD
            for value in values
        ]
        if not self.fewest:
            return points
        return [
            Point.FEW if point is not Point.NONE and (count or 0) < self.fewest else point
            for point, count in zip(points, counts, strict=True)
        ]

    def values(self, frame: Frame) -> Series:
        """The datapoints that are compared, one for each period of the frame. Raises WrongExpressionError."""
        known: dict[str, Value] = dict(frame.series)

        def lookup(name: str) -> Value:
            if name not in known:
                text, tree = self.expressions[name]
                known[name] = compute(text, tree, frame, lookup)
            return known[name]

        found = lookup(self.alarm.returned)
        if isinstance(found, list):
            return found
        if isinstance(found, tuple) and len(found) == 1:
            return found[0]
        text = self.expressions[self.alarm.returned][0]
        raise WrongExpressionError(text, 0, "an alarm watches one time series, and this gives none or several,")


def plan_of(alarm: MetricAlarm) -> Plan:
    """An alarm, ready to be evaluated. Raises AlarmError, which names the alarm and what is wrong with it."""
    try:
        measured = {
            query.id: Measured(query.metric, statistic_of(query.statistic)) for query in alarm.queries if query.metric
        }
        expressions = {
            query.id: (query.expression, parse(query.expression)) for query in alarm.queries if not query.metric
        }
        _check_names(alarm, measured, expressions)
        plan = Plan(alarm, measured, expressions)
        _check_kinds(plan)
    except UnreadableAlarmError:
        raise
    except AlarmError as error:
        raise UnreadableAlarmError(alarm.name, str(error)) from error
    return plan


def _check_kinds(plan: Plan) -> None:
    """A number where a time series belongs is wrong whatever the figures are: try it without any."""
    nothing: Series = [None] * plan.range
    plan.values(Frame(range(plan.range), plan.alarm.period, dict.fromkeys(plan.measured, nothing)))


def _check_names(
    alarm: MetricAlarm, measured: Mapping[str, Measured], expressions: Mapping[str, tuple[str, Node]]
) -> None:
    known = {*measured, *expressions}
    if alarm.returned not in known:
        raise UnreadableAlarmError(alarm.name, f"it watches {alarm.returned!r}, which is none of its queries")
    for name in expressions:
        _check_expression(name, (), known, expressions)


def _check_expression(
    name: str, within: tuple[str, ...], known: set[str], expressions: Mapping[str, tuple[str, Node]]
) -> None:
    text, tree = expressions[name]
    for used in names_in(tree):
        if used.id not in known:
            raise WrongExpressionError(text, used.position, f"no metric or expression is called {used.id!r}, used")
        if used.id in (*within, name):
            raise WrongExpressionError(text, used.position, f"{used.id!r} is computed from itself, used")
        if used.id in expressions:
            _check_expression(used.id, (*within, name), known, expressions)
