import json
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.local_cloud.stack import ToyStack


def _line(namespace: str, dimensions: list[list[str]], metrics: list[dict[str, Any]], **values: object) -> str:
    directive = {"Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics}
    return json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, **values})


def _say(toy: ToyStack, *lines: str) -> None:
    toy.clients("lambda").invoke(FunctionName=toy.ids["Function"], Payload=json.dumps({"say": lines}).encode())


def _sums(toy: ToyStack, namespace: str, name: str, dimensions: Mapping[str, str]) -> list[tuple[float, str]]:
    now = datetime.now(UTC)
    found = toy.clients("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return [(point["Sum"], point["Unit"]) for point in found["Datapoints"]]


@pytest.fixture
def namespace() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


def test_a_metric_in_a_functions_log_can_be_read_as_a_metric(toy: ToyStack, namespace: str) -> None:
    metric = {"Name": "Waited", "Unit": "Seconds", "StorageResolution": 1}

    _say(toy, _line(namespace, [["Region"]], [metric], Region="ca-central-1", Waited=3.5))

    assert _sums(toy, namespace, "Waited", {"Region": "ca-central-1"}) == [(3.5, "Seconds")]


def test_every_value_counts_in_every_set_of_dimensions(toy: ToyStack, namespace: str) -> None:
    line = _line(
        namespace, [["Lane"], ["Lane", "Channel"]], [{"Name": "Sent"}], Lane="stat", Channel="sms", Sent=[1, 2]
    )

    _say(toy, line, line)

    assert _sums(toy, namespace, "Sent", {"Lane": "stat"}) == [(6.0, "None")]
    assert _sums(toy, namespace, "Sent", {"Lane": "stat", "Channel": "sms"}) == [(6.0, "None")]


def test_a_line_that_breaks_the_format_gives_no_metric_and_harms_no_other(toy: ToyStack, namespace: str) -> None:
    broken = [
        json.dumps({"_aws": {"CloudWatchMetrics": [{"Namespace": namespace}, 7]}, "Sent": 1}),
        json.dumps({"_aws": {"Timestamp": "now", "CloudWatchMetrics": []}}),
        '"_aws": cut off',
        _line(namespace, [["Region"]], [{"Name": "Sent"}], Sent=1),
        _line(namespace, [[]], [{"Name": "Sent"}], Sent="one"),
    ]

    _say(toy, *broken, _line(namespace, [[]], [{"Name": "Sent"}], Sent=1))

    assert _sums(toy, namespace, "Sent", {}) == [(1.0, "None")]
