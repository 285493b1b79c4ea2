"""The line that CloudWatch reads as metrics."""

import json
from typing import Any

import pytest

from functions.core.adapters.telemetry.embedded_metrics import MEASURES, EmbeddedMetrics, Metric
from functions.core.domain.directory.source_kind import SourceKind
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON, FakeClock

CLOUDWATCH_MOST_VALUES = 100
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


def test_what_happened_several_times_is_one_line_with_its_lane_and_channel(
    metrics: EmbeddedMetrics, said: list[str]
) -> None:
    metrics.put({Metric.ACCEPTED_SECONDS: [0.1, 0.25]}, lane=Priority.STAT, channel=Channel.SMS)
    (line,) = (json.loads(each) for each in said)
    assert line["AcceptedSeconds"] == [0.1, 0.25]
    assert (line["Region"], line["Lane"], line["Channel"]) == ("ca-central-1", "stat", "sms")
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["Region", "Lane", "Channel"]]
    assert directive["Metrics"] == [{"Name": "AcceptedSeconds", "Unit": "Seconds", "StorageResolution": 1}]


def test_no_value_is_lost_where_there_are_more_than_cloudwatch_takes_in_a_line(
    metrics: EmbeddedMetrics, said: list[str]
) -> None:
    metrics.put({Metric.ROUTED_SECONDS: [float(n) for n in range(250)]}, lane=Priority.ROUTINE)
    values = [json.loads(line)["RoutedSeconds"] for line in said]
    assert max(map(len, values)) <= CLOUDWATCH_MOST_VALUES
    assert [n for part in values for n in part] == list(range(250))


def test_nothing_is_said_of_what_did_not_happen(metrics: EmbeddedMetrics, said: list[str]) -> None:
    metrics.put({Metric.ROUTED_SECONDS: []}, lane=Priority.STAT)
    assert said == []


@pytest.mark.parametrize("metric", list(Metric))
def test_every_metric_has_a_unit_that_cloudwatch_knows(metric: Metric) -> None:
    assert MEASURES[metric].unit in CLOUDWATCH_UNITS


def test_a_value_that_is_no_number_is_refused(metrics: EmbeddedMetrics, said: list[str]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        metrics.put({Metric.DIRECTORY_AGE: float("nan")})
    assert said == []


def test_the_function_says_it_on_its_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    EmbeddedMetrics("ca-central-1").put({Metric.BACKUP_ON_PRIMARY: 1})
    assert json.loads(capsys.readouterr().out)["BackupOnPrimary"] == 1
