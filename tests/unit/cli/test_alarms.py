"""``statline alarms``: what it prints of alarms and of histories."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from statline.cli.exits import Exit
from tests.unit.cli.scene import REGION, Scene

NINE = datetime(2026, 1, 10, 9, tzinfo=UTC)
LATE = "Statline stat push is late"
DEAD = "Statline stat push has dead letters"
METRIC = "AWS/SQS/ApproximateAgeOfOldestMessage{QueueName=statline-push-stat}"


def _resource(name: str, metric: str, queue: str, threshold: float) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": name,
            "AlarmDescription": "It waits. First: Look. Runbook: https://example.org/late-queue.md",
            "Namespace": "AWS/SQS",
            "MetricName": metric,
            "Dimensions": [{"Name": "QueueName", "Value": queue}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": ["arn:aws:sns:ca-central-1:111122223333:statline-page"],
        },
    }


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A cloud assembly with one stack."""
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": f"aws://111122223333/{REGION}",
        "properties": {"templateFile": "Monitoring.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Monitoring": stack}}))
    alarms = {
        "Late": _resource(LATE, "ApproximateAgeOfOldestMessage", "statline-push-stat", 30),
        "Dead": _resource(DEAD, "ApproximateNumberOfMessagesVisible", "statline-push-stat-dlq", 0),
    }
    (folder / "Monitoring.template.json").write_text(json.dumps({"Resources": alarms}))
    return folder


def _csv(folder: Path, *values: float, name: str = "age.csv") -> str:
    file = folder / name
    lines = [f"{(NINE + timedelta(minutes=n)).isoformat()},{value}" for n, value in enumerate(values)]
    file.write_text("\n".join(("timestamp,value", *lines)))
    return str(file)


def test_alarms_are_listed_with_whom_they_speak_to_and_when(scene: Scene, templates: Path) -> None:
    done = scene.run("alarms", "list", "--templates", str(templates))
    assert done.exit_code == Exit.DONE, done.output
    assert f"{LATE} (page)" in done.output
    assert "Maximum of ApproximateAgeOfOldestMessage > 30 in one period of 1 min" in done.output


def test_deployed_alarms_are_listed_with_their_state(scene: Scene) -> None:
    properties = _resource(LATE, "ApproximateAgeOfOldestMessage", "statline-push-stat", 30)["Properties"]
    cloudwatch: Any = boto3.client("cloudwatch", region_name=REGION)
    cloudwatch.put_metric_alarm(**properties)
    cloudwatch.set_alarm_state(AlarmName=LATE, StateValue="ALARM", StateReason="it waits")
    done = scene.run("alarms", "list", "--deployed", "-r", REGION, "--json")
    assert done.exit_code == Exit.DONE, done.output
    (alarm,) = json.loads(done.output)
    assert (alarm["name"], alarm["severity"], alarm["state"]) == (LATE, "page", "ALARM")
    assert alarm["metrics"] == {"m": METRIC} or list(alarm["metrics"].values()) == [METRIC]


def test_a_named_alarm_is_run_over_a_csv(scene: Scene, templates: Path, tmp_path: Path) -> None:
    file = _csv(tmp_path, 5, 40, 41, 5, 5, 5)
    done = scene.run("alarms", "backtest", "--metrics", file, "--alarm", LATE, "--templates", str(templates))
    assert done.exit_code == Exit.DONE, done.output
    assert "It would have spoken once" in done.output
    assert "2026-01-10 09:02:00Z  to  2026-01-10 09:04:00Z  2 min" in done.output


def test_of_all_alarms_those_are_run_whose_metrics_are_there(scene: Scene, templates: Path, tmp_path: Path) -> None:
    file = _csv(tmp_path, 5, 40, 5)
    done = scene.run(
        "alarms", "backtest", "--metrics", file, "--templates", str(templates), "--as", f"age={METRIC}", "--json"
    )
    assert done.exit_code == Exit.DONE, done.output
    (found,) = json.loads(done.stdout)["alarms"]
    assert (found["alarm"], found["times"]) == (LATE, 1)
    assert found["spells"] == [
        {"from": "2026-01-10T09:02:00Z", "to": "2026-01-10T09:03:00Z", "seconds": 60.0, "open": False}
    ]


def test_where_nothing_fits_it_says_how_to_go_on(scene: Scene, templates: Path, tmp_path: Path) -> None:
    done = scene.run("alarms", "backtest", "--metrics", _csv(tmp_path, 5), "--templates", str(templates))
    assert done.exit_code == Exit.INPUT
    assert "--alarm" in done.output
    assert "--as" in done.output


def test_a_threshold_by_hand_needs_no_templates(scene: Scene, tmp_path: Path) -> None:
    file = _csv(tmp_path, 5, 20, 20, 20, 5, 5, 5)
    done = scene.run(
        *("alarms", "backtest", "--metrics", file, "--threshold", "15", "--above", "--period", "60"),
        *("--datapoints", "2/3", "--missing", "notBreaching", "--statistic", "Maximum"),
    )
    assert done.exit_code == Exit.DONE, done.output
    assert "Maximum of age > 15 in 2 of 3 periods of 1 min; a period without a figure is a good one" in done.output
    assert "2026-01-10 09:03:00Z  to  2026-01-10 09:06:00Z  3 min" in done.output


def test_below_is_the_other_side(scene: Scene, tmp_path: Path) -> None:
    done = scene.run("alarms", "backtest", "--metrics", _csv(tmp_path, 5, 2, 5), "--threshold", "3", "--below")
    assert "It would have spoken once" in done.output


def test_another_threshold_can_be_tried_on_an_alarm(scene: Scene, templates: Path, tmp_path: Path) -> None:
    asked = ("alarms", "backtest", "--metrics", _csv(tmp_path, 5, 40, 5), "--alarm", LATE)
    done = scene.run(*asked, "--templates", str(templates), "--threshold", "45")
    assert "It would not have spoken." in done.output


def test_a_threshold_is_proposed_with_what_it_costs(scene: Scene, tmp_path: Path) -> None:
    file = _csv(tmp_path, *(float(n * 37 % 101) for n in range(600)))
    asked = ("alarms", "backtest", "--metrics", file, "--threshold", "30", "--above", "--false-pages-a-month", "0")
    done = scene.run(*asked)
    assert done.exit_code == Exit.DONE, done.output
    assert "Proposed threshold: 100" in done.output
    assert "false a month" in done.output
    proposal = json.loads(scene.run(*asked, "--json").stdout)["alarms"][0]["proposal"]
    assert proposal["threshold"] == 100


def test_a_misspelt_alarm_is_answered_with_those_it_could_be(scene: Scene, templates: Path, tmp_path: Path) -> None:
    asked = ("alarms", "backtest", "--metrics", _csv(tmp_path, 5), "--templates", str(templates))
    done = scene.run(*asked, "--alarm", "Statline stat pusch is late")
    assert done.exit_code == Exit.INPUT
    assert f"Did you mean '{LATE}'" in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--threshold", "3"), "--above or --below"),
        (("--threshold", "3", "--above", "--datapoints", "4/3"), "--datapoints 4/3"),
        (("--threshold", "3", "--above", "--period", "45"), "--period 45"),
        (("--threshold", "3", "--above", "--missing", "maybe"), "--missing maybe"),
        (("--threshold", "3", "--above", "--statistic", "Biggest"), "Biggest"),
        (("--threshold", "3", "--above", "--incident", "monday"), "--incident monday"),
        (("--threshold", "3", "--above", "--as", "nonsense"), "--as nonsense"),
        (("--templates", "/nowhere"), "cdk synth"),
    ],
)
def test_a_wrong_option_is_told_with_its_cure(
    scene: Scene, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = scene.run("alarms", "backtest", "--metrics", _csv(tmp_path, 5), *arguments)
    assert done.exit_code == Exit.INPUT
    assert words in done.output


def test_a_fault_in_a_file_is_told_with_its_line(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "age.csv"
    file.write_text("timestamp,value\n2026-01-10T09:00:00Z,1\n2026-01-10T09:01:00,2\n")
    done = scene.run("alarms", "backtest", "--metrics", str(file), "--threshold", "3", "--above")
    assert done.exit_code == Exit.INPUT
    assert "age.csv, line 3" in done.output


def test_a_file_that_is_not_there_is_told(scene: Scene) -> None:
    done = scene.run("alarms", "backtest", "--metrics", "nowhere.csv", "--threshold", "3", "--above")
    assert done.exit_code == Exit.INPUT
    assert "nowhere.csv cannot be read" in done.output


def test_a_history_comes_through_a_pipe_too(scene: Scene) -> None:
    done = scene.run(
        *("alarms", "backtest", "--metrics", "-", "--threshold", "3", "--above"), given="2026-01-10T09:00:00Z,5\n"
    )
    assert done.exit_code == Exit.DONE, done.output
    assert "It would have spoken once" in done.output
