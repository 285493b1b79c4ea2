"""Figures of CloudWatch, many in one call."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from statline.alarms.model import MetricKey

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

MOST_QUERIES = 500
"""What GetMetricData takes in one call."""
_MOST_PAGES = 10
Points = Sequence[tuple[float, float]]
"""Moments (seconds of the epoch, when the period began) and values, the newest last."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One statistic of one metric, a value for each period (seconds)."""

    metric: MetricKey
    statistic: str
    period: int


def read_figures(
    cloudwatch: "CloudWatchClient", wanted: Iterable[Wanted], start: datetime, end: datetime
) -> Mapping[Wanted, Points]:
    """The figures from start to end. What CloudWatch has nothing of has no points. Raises what boto3 raises."""
    distinct = list(dict.fromkeys(wanted))
    found: dict[Wanted, Points] = {}
    for first in range(0, len(distinct), MOST_QUERIES):
        part = distinct[first : first + MOST_QUERIES]
        rows: list[dict[float, float]] = [{} for _ in part]
        for number, points in _results(cloudwatch, part, start, end):
            rows[number].update(points)
        found |= {one: sorted(values.items()) for one, values in zip(part, rows, strict=True)}
    return found


def _results(
    cloudwatch: "CloudWatchClient", wanted: Sequence[Wanted], start: datetime, end: datetime
) -> Iterator[tuple[int, Iterable[tuple[float, float]]]]:
    """Each result of each page, by the number of what was wanted. The newest come first, should there be too many."""
    queries = [_query(number, one) for number, one in enumerate(wanted)]
    token = ""
    for _ in range(_MOST_PAGES):
        answer = cloudwatch.get_metric_data(
            MetricDataQueries=queries,
            StartTime=start,
            EndTime=end,
            ScanBy="TimestampDescending",
            **({"NextToken": token} if token else {}),  # type: ignore[arg-type]
        )
        for result in answer.get("MetricDataResults", []):
            moments = (moment.timestamp() for moment in result.get("Timestamps", []))
            yield int(result["Id"].removeprefix("q")), zip(moments, result.get("Values", []), strict=False)
        token = answer.get("NextToken", "")
        if not token:
            return


def _query(number: int, wanted: Wanted) -> "MetricDataQueryTypeDef":
    metric = wanted.metric
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            },
            "Period": wanted.period,
            "Stat": wanted.statistic,
        },
        "ReturnData": True,
    }
