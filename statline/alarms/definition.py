"""An alarm's definition in CloudWatch's own words, as templates and DescribeAlarms both have them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.model import (
    Actions,
    Comparison,
    CompositeAlarm,
    MetricAlarm,
    MetricKey,
    Missing,
    Query,
    Suppression,
    key_of,
)
from statline.alarms.rules import name_in

Properties = Mapping[str, Any]
_ARN = re.compile(r"arn:[\w-]+:cloudwatch:[^:\"]*:[^:\"]*:alarm:")
_NOT_IMPLEMENTED: Mapping[str, str] = {
    "ThresholdMetricId": "it compares with an anomaly detection band, which is not implemented here",
    "EvaluationCriteria": "it asks a PromQL query, which is not implemented here",
}
_ONLY = "only"


def metric_alarm(properties: Properties, *, name: str, region: str, where: str) -> MetricAlarm:
    """The alarm of such properties, references resolved. where: what errors name. Raises UnreadableAlarmError."""
    for key, problem in _NOT_IMPLEMENTED.items():
        if properties.get(key):
            raise UnreadableAlarmError(where, problem)
    if (properties.get("EvaluationWindow") or {}).get("WallClockWindow") is not None:
        raise UnreadableAlarmError(where, "its window is aligned to the wall clock, which is not implemented here")
    queries, returned, period = _single(properties, where) if properties.get("MetricName") else _math(properties, where)
    periods = _integer(properties, "EvaluationPeriods", where)
    return MetricAlarm(
        name=name,
        description=properties.get("AlarmDescription") or "",
        region=region,
        queries=queries,
        returned=returned,
        period=_valid(period, where),
        comparison=_comparison(properties, where),
        threshold=_threshold(properties, where),
        evaluation_periods=periods,
        datapoints=_enough(properties, periods, where),
        missing=_missing(properties, where),
        percentile_ignored=properties.get("EvaluateLowSampleCountPercentile") == "ignore",
        actions=_actions(properties),
        actions_enabled=_flag(properties.get("ActionsEnabled", True)),
    )


def composite_alarm(properties: Properties, *, name: str, region: str, where: str) -> CompositeAlarm:
    """The composite alarm of such properties, references resolved. Raises UnreadableAlarmError."""
    suppressor = properties.get("ActionsSuppressor")
    return CompositeAlarm(
        name=name,
        description=properties.get("AlarmDescription") or "",
        region=region,
        rule=_ARN.sub("", _needed(properties, "AlarmRule", where)),
        actions=_actions(properties),
        actions_enabled=_flag(properties.get("ActionsEnabled", True)),
        suppression=Suppression(
            suppressor=name_in(suppressor),
            wait=_integer(properties, "ActionsSuppressorWaitPeriod", where),
            extension=_integer(properties, "ActionsSuppressorExtensionPeriod", where),
        )
        if suppressor
        else None,
    )


def _single(properties: Properties, where: str) -> tuple[tuple[Query, ...], str, int]:
    statistic = properties.get("Statistic") or properties.get("ExtendedStatistic")
    if not statistic:
        raise UnreadableAlarmError(where, "it has neither Statistic nor ExtendedStatistic")
    query = Query(id=_ONLY, metric=_metric(properties, where), statistic=statistic)
    return (query,), _ONLY, _integer(properties, "Period", where)


def _math(properties: Properties, where: str) -> tuple[tuple[Query, ...], str, int]:
    metrics: Sequence[Properties] = properties.get("Metrics") or ()
    if not metrics:
        raise UnreadableAlarmError(where, "it has neither MetricName nor Metrics")
    returned = [one["Id"] for one in metrics if _flag(one.get("ReturnData", True))]
    if len(returned) != 1:
        raise UnreadableAlarmError(where, "exactly one of its Metrics must return data (ReturnData)")
    periods = {_period(one, where) for one in metrics} - {None}
    if len(periods) != 1:
        raise UnreadableAlarmError(where, "all of its Metrics must have the same Period")
    return tuple(_query(one, where) for one in metrics), returned[0], periods.pop() or 0


def _period(metric: Properties, where: str) -> int | None:
    if metric.get("MetricStat"):
        return _integer(metric["MetricStat"], "Period", where)
    return _integer(metric, "Period", where) if metric.get("Period") else None


def _query(metric: Properties, where: str) -> Query:
    name = _needed(metric, "Id", where)
    if metric.get("Expression"):
        return Query(id=name, expression=metric["Expression"])
    read = _needed(metric, "MetricStat", where)
    found = _metric(_needed(read, "Metric", where), where)
    return Query(id=name, metric=found, statistic=_needed(read, "Stat", where))


def _metric(properties: Properties, where: str) -> MetricKey:
    dimensions = {one["Name"]: str(one["Value"]) for one in properties.get("Dimensions") or ()}
    return key_of(_needed(properties, "Namespace", where), _needed(properties, "MetricName", where), dimensions)


def _valid(period: int, where: str) -> int:
    minute = 60
    if period not in {10, 20, 30} and (period <= 0 or period % minute):
        raise UnreadableAlarmError(where, f"its Period is {period}; it must be 10, 20, 30 or a multiple of 60 seconds")
    return period


def _comparison(properties: Properties, where: str) -> Comparison:
    text = _needed(properties, "ComparisonOperator", where)
    if text not in set(Comparison):
        raise UnreadableAlarmError(where, f"the ComparisonOperator {text!r} is not implemented here")
    return Comparison(text)


def _missing(properties: Properties, where: str) -> Missing:
    text = properties.get("TreatMissingData") or Missing.MISSING.value
    if text not in set(Missing):
        raise UnreadableAlarmError(where, f"TreatMissingData is {text!r}; it is one of {', '.join(Missing)}")
    return Missing(text)


def _enough(properties: Properties, periods: int, where: str) -> int:
    enough = _integer(properties, "DatapointsToAlarm", where) if properties.get("DatapointsToAlarm") else periods
    if not 1 <= enough <= periods:
        raise UnreadableAlarmError(where, f"DatapointsToAlarm is {enough} of {periods} EvaluationPeriods")
    return enough


def _actions(properties: Properties) -> Actions:
    return Actions(
        alarm=tuple(properties.get("AlarmActions") or ()),
        ok=tuple(properties.get("OKActions") or ()),
        insufficient_data=tuple(properties.get("InsufficientDataActions") or ()),
    )


def _threshold(properties: Properties, where: str) -> float:
    try:
        return float(_needed(properties, "Threshold", where))
    except (TypeError, ValueError) as error:
        raise UnreadableAlarmError(where, f"its Threshold is no number: {properties['Threshold']!r}") from error


def _integer(properties: Properties, key: str, where: str) -> int:
    try:
        return int(_needed(properties, key, where))
    except (TypeError, ValueError) as error:
        raise UnreadableAlarmError(where, f"its {key} is no whole number: {properties[key]!r}") from error


def _needed(properties: Properties, key: str, where: str) -> Any:
    if properties.get(key) is None:
        raise UnreadableAlarmError(where, f"it has no {key}")
    return properties[key]


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
