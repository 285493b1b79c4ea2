"""When an alarm speaks: dimensions, periods, datapoints to alarm and the metric math that the stacks use.

The emulator compares one statistic over all that has the metric's name, whatever its dimensions: the replica's figures
would raise the primary's alarm. As in the emulator an alarm is looked at when a figure comes; without figures it keeps
its state, however its missing data are to be treated. So does one with a formula beyond arithmetic and FILL.
"""

import ast
import operator
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ministack.services import cloudwatch

Alarm = dict[str, Any]
Series = Mapping[int, float]
"""A figure's statistic in each period, by the number of the period."""

_LOOKED_BACK = 2
"""So many periods more than an alarm needs: figures come late, and the period that goes on has none yet."""
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "GreaterThanOrEqualToThreshold": operator.ge,
        "GreaterThanThreshold": operator.gt,
        "LessThanOrEqualToThreshold": operator.le,
        "LessThanThreshold": operator.lt,
    }
)
_OPERATIONS: Mapping[type, Callable[[float, float], float]] = MappingProxyType(
    {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
)


@dataclass(frozen=True, slots=True)
class _Figure:
    namespace: str
    name: str
    dimensions: str
    statistic: str

    def over(self, period: int, since: float) -> Series:
        points = cloudwatch._metrics.get((self.namespace, self.name, self.dimensions)) or []
        periods: dict[int, list[dict[str, Any]]] = {}
        for point in points:
            if point["Timestamp"] >= since:
                periods.setdefault(int(point["Timestamp"] // period), []).append(point)
        values = {number: self._value(found) for number, found in periods.items()}
        return {number: value for number, value in values.items() if value is not None}

    def _value(self, points: Sequence[dict[str, Any]]) -> float | None:
        value: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(points), self.statistic, points)
        return value


class _UnknownMathError(Exception):
    """A formula has more in it than is known here."""


def _figure(metric: Mapping[str, Any], statistic: str) -> _Figure:
    dimensions = cloudwatch._dims_key(_named(metric.get("Dimensions") or []))
    return _Figure(metric["Namespace"], metric["MetricName"], dimensions, statistic)


def _named(dimensions: Any) -> dict[str, str]:
    return dimensions if isinstance(dimensions, dict) else cloudwatch._dims_from_list(dimensions)


def _series(alarm: Alarm, now: float) -> Series:
    wanted = int(alarm["EvaluationPeriods"]) + _LOOKED_BACK
    queries = alarm.get("Metrics")
    if not queries:
        period = int(alarm["Period"])
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
        return _figure(alarm, statistic).over(period, now - wanted * period)
    measured = {query["Id"]: query["MetricStat"] for query in queries if "MetricStat" in query}
    period = max(int(measure["Period"]) for measure in measured.values())
    figures = {
        name: _figure(measure["Metric"], measure["Stat"]).over(period, now - wanted * period)
        for name, measure in measured.items()
    }
    [returned] = [query for query in queries if query.get("ReturnData", True) is not False]
    return _computed(returned["Expression"], figures) if "Expression" in returned else figures[returned["Id"]]


def _computed(expression: str, figures: Mapping[str, Series]) -> Series:
    tree = ast.parse(expression, mode="eval").body
    numbers = {number for series in figures.values() for number in series}
    values = {
        number: _value(tree, {name: series[number] for name, series in figures.items() if number in series})
        for number in numbers
    }
    return {number: value for number, value in values.items() if value is not None}


def _value(node: ast.expr, figures: Mapping[str, float]) -> float | None:
    """What an expression comes to; None where a figure is missing or it divides by zero."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return figures.get(name)
        case ast.Call(
            func=ast.Name(id="FILL"), args=[ast.Name(id=name), ast.Constant(value=int() | float() as filling)]
        ):
            return figures.get(name, float(filling))
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
            first, second = _value(left, figures), _value(right, figures)
            return None if first is None or second is None else _combined(operation, first, second)
    raise _UnknownMathError(ast.unparse(node))


def _combined(operation: ast.operator, first: float, second: float) -> float | None:
    try:
        return _OPERATIONS[type(operation)](first, second)
    except ZeroDivisionError:
        return None


def evaluate(alarm: Alarm) -> None:
    """Change the alarm's state where its figures say so, and tell whoever is to be told."""
    breaches = _COMPARISONS.get(alarm["ComparisonOperator"])
    if breaches is None:
        return
    try:
        series = _series(alarm, time.time())
    except _UnknownMathError:
        return
    latest = [series[number] for number in sorted(series)[-int(alarm["EvaluationPeriods"]) :]]
    breaching = [value for value in latest if breaches(value, float(alarm["Threshold"]))]
    needed = int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"])
    if len(breaching) >= needed:
        _turn(alarm, "ALARM", f"{len(breaching)} of {len(latest)} datapoints breach {alarm['Threshold']}: {latest}")
    elif len(breaching) < len(latest):
        _turn(alarm, "OK", f"{len(breaching)} of {len(latest)} datapoints breach {alarm['Threshold']}: {latest}")


def _turn(alarm: Alarm, state: str, reason: str) -> None:
    before = alarm["StateValue"]
    if before == state:
        return
    words = f"Threshold Crossed: {reason}"
    alarm.update(StateValue=state, StateReason=words, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, words)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, words)
    cloudwatch._evaluate_parent_alarms(alarm)


def install() -> None:
    """Let alarms speak for what they are about."""
    cloudwatch._evaluate_alarm = evaluate
