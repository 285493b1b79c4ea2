"""The line that CloudWatch reads as metrics."""

import json
from typing import Any

import pytest

from functions.core.adapters.embedded_metrics import _UNITS, EmbeddedMetrics, Metric
from functions.core.domain.source_kind import SourceKind
from tests.fakes.clock import NOON, FakeClock

CLOUDWATCH_UNITS = {"Seconds", "Count", "Gigabytes", "None"}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def metrics(said: list[str]) -> EmbeddedMetrics:
    return EmbeddedMetrics("ca-central-1", clock=FakeClock(), write=said.append)


def test_a_line_holds_what_cloudwatch_needs_to_make_metrics_of_it(metrics: EmbeddedMetrics, said: list[str]) -> None:
    metrics.put({Metric.DIRECTORY_AGE: 12.5, Metric.DIRECTORY_REPAIRED: 3})
    (line,) = said
    assert line.endswith("\n")
    assert json.loads(line) == {
        "_aws": {
            "Timestamp": int(NOON.timestamp()) * 1000,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Statline",
                    "Dimensions": [["Region"]],
                    "Metrics": [
                        {"Name": "DirectoryAgeSeconds", "Unit": "Seconds"},
                        {"Name": "DirectoryRepaired", "Unit": "Count"},
                    ],
                }
            ],
        },
        "Region": "ca-central-1",
        "DirectoryAgeSeconds": 12.5,
        "DirectoryRepaired": 3,
    }


def test_a_kind_is_a_second_dimension(metrics: EmbeddedMetrics, said: list[str]) -> None:
    metrics.put({Metric.DIRECTORY_ENTRIES: 7}, kind=SourceKind.CONTACT_POINT)
    line: dict[str, Any] = json.loads(said[0])
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Region", "Kind"]]
    assert line["Kind"] == "contact_point"


@pytest.mark.parametrize("metric", list(Metric))
def test_every_metric_has_a_unit_that_cloudwatch_knows(metric: Metric) -> None:
    assert _UNITS[metric] in CLOUDWATCH_UNITS


def test_a_value_that_is_no_number_is_refused(metrics: EmbeddedMetrics, said: list[str]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        metrics.put({Metric.DIRECTORY_AGE: float("nan")})
    assert said == []


def test_the_function_says_it_on_its_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    EmbeddedMetrics("ca-central-1").put({Metric.BACKUP_ON_PRIMARY: 1})
    assert json.loads(capsys.readouterr().out)["BackupOnPrimary"] == 1
