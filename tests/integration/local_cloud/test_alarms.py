"""Alarms speak for the figures that they are about."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.resources import Clients

MINUTE = 60
MEAN = {"Period": MINUTE, "Statistic": "Average"}


def _above(threshold: float, *, datapoints: int = 1) -> dict[str, Any]:
    return {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": threshold,
        "EvaluationPeriods": datapoints,
        "DatapointsToAlarm": datapoints,
    }


@dataclass(frozen=True)
class Bench:
    """A namespace of its own, in which alarms are made and figures published."""

    clients: Clients
    create_stack: CreateStack
    namespace: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:8]}")

    def figure(self, name: str, instance: str = "primary") -> dict[str, Any]:
        dimensions = [{"Name": "DBInstanceIdentifier", "Value": instance}]
        return {"Namespace": self.namespace, "MetricName": name, "Dimensions": dimensions}

    def mean(self, name: str) -> dict[str, Any]:
        return {"Metric": self.figure(name), "Period": MINUTE, "Stat": "Average"}

    def alarm(self, **properties: Any) -> str:
        return self.create_stack({"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}})["Alarm"]

    def put(self, name: str, values: Sequence[float], instance: str = "primary") -> None:
        """Publish a figure's values of the last minutes, the oldest first."""
        present = datetime.fromtimestamp(time.time() // MINUTE * MINUTE, UTC)
        figure = self.figure(name, instance)
        namespace = figure.pop("Namespace")
        data = [
            {**figure, "Value": value, "Timestamp": present - timedelta(minutes=age)}
            for age, value in enumerate(reversed(values))
        ]
        self.clients("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)

    def state(self, alarm: str) -> str:
        [found] = self.clients("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        return str(found["StateValue"])


@pytest.fixture
def bench(clients: Clients, create_stack: CreateStack) -> Bench:
    return Bench(clients, create_stack)


def test_an_alarm_hears_its_own_dimensions_only(bench: Bench) -> None:
    primary, replica = (
        bench.alarm(**bench.figure("DiskQueueDepth", instance), **_above(32), **MEAN)
        for instance in ("primary", "replica")
    )

    bench.put("DiskQueueDepth", [40], "replica")
    assert (bench.state(primary), bench.state(replica)) == ("INSUFFICIENT_DATA", "ALARM")

    bench.put("DiskQueueDepth", [1], "primary")
    assert (bench.state(primary), bench.state(replica)) == ("OK", "ALARM")


@pytest.mark.parametrize(
    ("values", "state"),
    [([90, 90, 90], "ALARM"), ([90, 10, 90], "OK"), ([90, 90], "INSUFFICIENT_DATA"), ([10], "OK")],
)
def test_an_alarm_waits_for_as_many_datapoints_as_it_asks_for(bench: Bench, values: list[float], state: str) -> None:
    alarm = bench.alarm(**bench.figure("Used"), **_above(80, datapoints=3), **MEAN)

    bench.put("Used", values)

    assert bench.state(alarm) == state


@pytest.mark.parametrize(
    ("expression", "figures", "state"),
    [
        ("100 * (reads + writes) / 3000", {"reads": 2000, "writes": 500}, "ALARM"),
        ("100 * (reads + writes) / 3000", {"reads": 2000, "writes": 300}, "OK"),
        ("100 * (reads + writes) / 3000", {"reads": 3000}, "INSUFFICIENT_DATA"),
        ("FILL(reads, 0) + FILL(writes, 0) - 10", {"reads": 91}, "ALARM"),
        ("reads / writes", {"reads": 1, "writes": 0}, "INSUFFICIENT_DATA"),
        ("IF(reads > 1, 100, 0)", {"reads": 5}, "INSUFFICIENT_DATA"),
    ],
)
def test_metric_math_is_computed(bench: Bench, expression: str, figures: dict[str, float], state: str) -> None:
    measured = [{"Id": name, "MetricStat": bench.mean(name), "ReturnData": False} for name in ("reads", "writes")]
    alarm = bench.alarm(Metrics=[{"Id": "share", "Expression": expression}, *measured], **_above(80))

    for name, value in figures.items():
        bench.put(name, [value])

    assert bench.state(alarm) == state
