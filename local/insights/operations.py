"""The operations of Performance Insights that a detector needs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.insights import load
from local.insights.dimensions import Key
from local.insights.load import Span
from local.insights.queries import LoadQuery, grouping_of, query_of, span_of
from local.insights.sessions import History, Sample
from local.sandbox.aws.wire import AwsError

Parameters = Mapping[str, Any]
Payload = dict[str, object]
_MOST_RESULTS = 25


def describe_dimension_keys(asked: Parameters, history: History) -> Payload:
    """Answer the groups that load the server most, each with its share of a second grouping if one is asked for."""
    query, span = query_of(asked), span_of(asked)
    if query.grouping is None or asked.get("AdditionalMetrics"):
        raise AwsError("InvalidArgumentException", "GroupBy is needed, and AdditionalMetrics are not measured here.")
    samples = history.between(span.start, span.end)
    partition = grouping_of(asked.get("PartitionBy"), "PartitionBy")
    parts = load.busiest(samples, partition, query.wanted) if partition else []
    keys = [
        _described(samples, query, key, total, [part for part, _ in parts])
        for key, total in load.busiest(samples, query.grouping, query.wanted)
    ]
    page = _page(asked, keys)
    partitions = {"PartitionKeys": [{"Dimensions": dict(part)} for part, _ in parts]} if partition else {}
    return {**_alignment(span), **partitions, **page}


def _described(samples: Sequence[Sample], query: LoadQuery, key: Key, total: float, parts: Sequence[Key]) -> Payload:
    shares = [load.average(samples, {**query.wanted, **dict(key), **dict(part)}) for part in parts]
    return {"Dimensions": dict(key), "Total": total, **({"Partitions": shares} if parts else {})}


def _page(asked: Parameters, keys: Sequence[Payload]) -> Payload:
    token = asked.get("NextToken", "0")
    if not token.isdigit():
        raise AwsError("InvalidArgumentException", "NextToken is none that was given out here.")
    start = int(token)
    end = start + (asked.get("MaxResults") or _MOST_RESULTS)
    return {"Keys": keys[start:end], **({"NextToken": str(end)} if end < len(keys) else {})}


def get_resource_metrics(asked: Parameters, history: History) -> Payload:
    """Answer every metric's data points; of a grouped one first the whole, then each group."""
    span = span_of(asked)
    at = 0 if asked.get("PeriodAlignment") == "START_TIME" else span.period
    queries = [query_of(entry) for entry in asked["MetricQueries"]]
    samples = history.between(span.start, span.end)
    series = [found for query in queries for found in _series(samples, span, query, at)]
    return {**_alignment(span), "Identifier": asked["Identifier"], "MetricList": series}


def _series(samples: Sequence[Sample], span: Span, query: LoadQuery, at: int) -> list[Payload]:
    groups = load.busiest(samples, query.grouping, query.wanted) if query.grouping else []
    return [
        _one_series(samples, span, query, at, {}),
        *(_one_series(samples, span, query, at, dict(key)) for key, _ in groups),
    ]


def _one_series(samples: Sequence[Sample], span: Span, query: LoadQuery, at: int, group: Mapping[str, str]) -> Payload:
    loads = load.by_period(samples, span, {**query.wanted, **group})
    key = {"Metric": query.metric, **({"Dimensions": group} if group else {})}
    return {"Key": key, "DataPoints": _points(loads, at)}


def _points(loads: Sequence[tuple[int, float]], at: int) -> list[Payload]:
    return [{"Timestamp": _moment(start + at), "Value": value} for start, value in loads]


def _alignment(span: Span) -> Payload:
    return {"AlignedStartTime": _moment(span.start), "AlignedEndTime": _moment(span.end)}


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


OPERATIONS: Mapping[str, Callable[[Parameters, History], Payload]] = {
    "DescribeDimensionKeys": describe_dimension_keys,
    "GetResourceMetrics": get_resource_metrics,
}
