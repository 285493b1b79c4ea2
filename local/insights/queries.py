"""What a request to Performance Insights asks for, checked beyond what the service's model says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.insights.dimensions import GROUPS, Grouping, unknown_dimensions
from local.insights.load import Span, aligned
from local.sandbox.aws.wire import AwsError

METRICS = ("db.load.avg", "db.sampledload.avg")
PERIODS = (1, 60, 300, 3600, 86_400)
_USUAL_PERIOD = 60
_USUAL_LIMIT = 10
_INVALID = "InvalidArgumentException"


@dataclass(frozen=True, slots=True)
class LoadQuery:
    """One metric over a time: of which sessions, and grouped by what."""

    metric: str
    wanted: Mapping[str, str]
    grouping: Grouping | None


def query_of(asked: Mapping[str, Any]) -> LoadQuery:
    """The query in a request, or in one of its metric queries. Raises AwsError."""
    metric = asked["Metric"]
    if metric not in METRICS:
        raise AwsError(_INVALID, f"Metric {metric} is not among {', '.join(METRICS)}, which this server measures.")
    wanted = asked.get("Filter", {})
    unknown = unknown_dimensions(list(wanted))
    if unknown:
        raise AwsError(_INVALID, f"Filter: {', '.join(unknown)} is no dimension.")
    return LoadQuery(metric, wanted, grouping_of(asked.get("GroupBy"), "GroupBy"))


def grouping_of(asked: Mapping[str, Any] | None, name: str) -> Grouping | None:
    """The grouping in the member of that name, if it is there. Raises AwsError."""
    if asked is None:
        return None
    group = GROUPS.get(asked["Group"])
    if group is None:
        raise AwsError(_INVALID, f"{name}.Group {asked['Group']} is not among {', '.join(GROUPS)}.")
    dimensions = tuple(asked.get("Dimensions") or group)
    strangers = [dimension for dimension in dimensions if dimension not in group]
    if strangers:
        raise AwsError(_INVALID, f"{name}.Dimensions: {', '.join(strangers)} is not in the group {asked['Group']}.")
    return Grouping(dimensions, asked.get("Limit", _USUAL_LIMIT))


def span_of(asked: Mapping[str, Any]) -> Span:
    """The time that a request is about, in whole periods. Raises AwsError."""
    period = asked.get("PeriodInSeconds", _USUAL_PERIOD)
    if period not in PERIODS:
        raise AwsError(_INVALID, f"PeriodInSeconds must be one of {', '.join(map(str, PERIODS))}, not {period}.")
    start, end = _seconds(asked["StartTime"]), _seconds(asked["EndTime"])
    if end <= start:
        raise AwsError(_INVALID, "EndTime must be later than StartTime.")
    return aligned(start, end, period)


def _seconds(moment: datetime | float) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)
