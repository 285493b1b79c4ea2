"""A CloudWatch in memory, as far as the commands ask it, and SQS with counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from statline.alarms.model import MetricKey, key_of

NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
TEXT = "Clinicians wait. First: Look at the log. Runbook: https://example.org/docs/runbooks/late-queue.md"


def an_answer(name: str, state: str = "OK", *, minutes: float = 5, page: str = "", **fields: Any) -> dict[str, Any]:
    """An alarm as DescribeAlarms has it. minutes: how long it has been so. page: the topic that it tells, if any."""
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:ca-central-1:111122223333:alarm:{name}",
        "AlarmDescription": TEXT,
        "StateValue": state,
        "StateUpdatedTimestamp": NOW,
        "StateTransitionedTimestamp": NOW - timedelta(minutes=minutes),
        "ActionsEnabled": True,
        "AlarmActions": [f"arn:aws:sns:ca-central-1:111122223333:statline-{page}"] if page else [],
        **fields,
    }


def on_figure(metric: MetricKey, **fields: Any) -> dict[str, Any]:
    """The fields of an alarm on one metric: Maximum above 30 at the first minute."""
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 30.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        **fields,
    }


@dataclass
class CloudWatch:
    """What alarms and figures there are, and which calls were made. figures: by metric and statistic."""

    alarms: Sequence[Mapping[str, Any]] = ()
    figures: dict[tuple[MetricKey, str], Sequence[tuple[datetime, float]]] = field(default_factory=dict)
    history: Mapping[str, Sequence[tuple[datetime, str]]] = field(default_factory=dict)
    page: int = 100
    calls: list[str] = field(default_factory=list)
    failing: list[Exception] = field(default_factory=list)

    def put(self, metric: MetricKey, statistic: str, *values: float | None, step: int = 60) -> None:
        """Figures, the newest last and of the period that was over at twelve."""
        last = NOW.replace(second=0) - timedelta(seconds=step)
        moments = [last - timedelta(seconds=step * place) for place in reversed(range(len(values)))]
        self.figures[metric, statistic] = [
            (at, value) for at, value in zip(moments, values, strict=True) if value is not None
        ]

    def get_paginator(self, operation: str) -> "CloudWatch":
        assert operation == "describe_alarms"
        return self

    def paginate(self, **asked: Any) -> Iterator[Mapping[str, Any]]:
        yield self.describe_alarms(**asked)

    def describe_alarms(self, **asked: Any) -> Mapping[str, Any]:
        self.calls.append("DescribeAlarms")
        if self.failing:
            raise self.failing.pop()
        assert "CompositeAlarm" in asked["AlarmTypes"]
        names = set(asked.get("AlarmNames", ())) or {one["AlarmName"] for one in self.alarms}
        found = [
            one
            for one in self.alarms
            if one["AlarmName"] in names and str(one["AlarmName"]).startswith(asked.get("AlarmNamePrefix", ""))
        ]
        return {
            "MetricAlarms": [one for one in found if "AlarmRule" not in one],
            "CompositeAlarms": [one for one in found if "AlarmRule" in one],
        }

    def get_metric_data(self, **asked: Any) -> Mapping[str, Any]:
        self.calls.append("GetMetricData")
        queries = asked["MetricDataQueries"]
        assert len(queries) <= 500
        assert asked["ScanBy"] == "TimestampDescending"
        first = int(asked.get("NextToken", 0))
        results = [self._result(query, asked["StartTime"], asked["EndTime"]) for query in queries]
        following = {"NextToken": str(first + self.page)} if len(results) > first + self.page else {}
        return {"MetricDataResults": results[first : first + self.page], **following}

    def _result(self, query: Mapping[str, Any], start: datetime, end: datetime) -> Mapping[str, Any]:
        asked = query["MetricStat"]["Metric"]
        dimensions = {one["Name"]: one["Value"] for one in asked["Dimensions"]}
        key = key_of(asked["Namespace"], asked["MetricName"], dimensions)
        points = [
            (at, value) for at, value in self.figures.get((key, query["MetricStat"]["Stat"]), ()) if start <= at < end
        ]
        points.reverse()
        return {
            "Id": query["Id"],
            "Timestamps": [at for at, _ in points],
            "Values": [value for _, value in points],
            "StatusCode": "Complete",
        }

    def describe_alarm_history(self, **asked: Any) -> Mapping[str, Any]:
        self.calls.append("DescribeAlarmHistory")
        entries = [
            {"Timestamp": at, "HistorySummary": words}
            for at, words in self.history.get(asked["AlarmName"], ())
            if at >= asked["StartDate"]
        ]
        return {"AlarmHistoryItems": entries}


@dataclass
class Counters:
    """SQS with these queues, by name without ``statline-``: how many wait, how many are in flight."""

    counts: Mapping[str, tuple[int, int]]
    calls: int = 0

    class meta:  # noqa: N801 - as boto3 has it
        region_name = "ca-central-1"

    def get_queue_url(self, **asked: Any) -> Mapping[str, str]:
        if asked["QueueName"].removeprefix("statline-") not in self.counts:
            raise ClientError({"Error": {"Code": "QueueDoesNotExist", "Message": ""}}, "GetQueueUrl")
        return {"QueueUrl": asked["QueueName"]}

    def get_queue_attributes(self, **asked: Any) -> Mapping[str, Any]:
        self.calls += 1
        waiting, in_flight = self.counts[asked["QueueUrl"].removeprefix("statline-")]
        values = {"ApproximateNumberOfMessages": waiting, "ApproximateNumberOfMessagesNotVisible": in_flight}
        return {"Attributes": {name: str(values[name]) for name in asked["AttributeNames"]}}
