"""``statline explain``: one alarm, its figures and its runbook."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest

from statline.alarms.model import key_of
from statline.cli.alarms.words import Words, words_of
from statline.cli.close_names import close_to, the_one
from statline.cli.exits import Exit
from statline.cli.explain.model import Explained
from statline.cli.explain.reading import Reader
from statline.cli.explain.view import explained_json, explained_lines, runbook_lines
from tests.unit.cli.cloudwatch import NOW, TEXT, CloudWatch, an_answer, on_figure
from tests.unit.cli.scene import REGION, Scene

AGE = key_of("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "statline-push-stat"})
READS = key_of("AWS/RDS", "ReadIOPS", {"DBInstanceIdentifier": "statline-primary"})
WRITES = key_of("AWS/RDS", "WriteIOPS", {"DBInstanceIdentifier": "statline-primary"})
LATE, WHOLE = "Statline stat push is late", "Statline stat delivery is impaired"


def _explain(cloudwatch: CloudWatch, name: str) -> Explained:
    found = Reader(cast("Any", cloudwatch), NOW).read(name)
    assert found is not None
    return found


def _text(cloudwatch: CloudWatch, name: str) -> str:
    return "\n".join(explained_lines(_explain(cloudwatch, name), NOW))


def _late(state: str = "ALARM") -> CloudWatch:
    rule = {"AlarmRule": f'ALARM("{LATE}") OR ALARM("Statline stat sms is late")'}
    cloudwatch = CloudWatch(
        alarms=[
            an_answer(LATE, state, minutes=7, **on_figure(AGE)),
            an_answer("Statline stat sms is late", **on_figure(AGE)),
            an_answer(WHOLE, state, minutes=6, page="page", **rule),
        ],
        history={LATE: [(NOW - timedelta(minutes=7), "Alarm updated from OK to ALARM")]},
    )
    cloudwatch.put(AGE, "Maximum", 3, 12, 41, None, 95)
    return cloudwatch


def test_an_alarm_is_told_with_its_state_its_meaning_and_its_figures() -> None:
    text = _text(_late(), LATE)
    assert f"{LATE}: in ALARM since 2026-11-22 11:53:30Z, 7 min 0 s" in text
    assert "It means: Clinicians wait." in text
    assert "First: Look at the log." in text
    assert "3 12 41! - 95!" in text
    assert "(!: > 30)" in text
    assert "Alarm updated from OK to ALARM" in text


def test_it_says_through_what_an_alarm_is_heard() -> None:
    assert f"It tells nobody itself. It is heard through {WHOLE}." in _text(_late(), LATE)


def test_a_composite_names_its_children_that_speak_with_their_figures() -> None:
    text = _text(_late(), WHOLE)
    assert "It tells: page" in text
    assert "1 of its 2 alarms are in ALARM" in text
    assert f"  {LATE}, for 7 min 0 s" in text
    assert "    First: Look at the log." in text
    assert "3 12 41! - 95!" in text


def test_a_formula_is_computed_from_its_metrics() -> None:
    def stat(id_: str, metric: Any) -> Mapping[str, Any]:
        dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
        named = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
        return {"Id": id_, "MetricStat": {"Metric": named, "Period": 60, "Stat": "Average"}, "ReturnData": False}

    queries = [
        stat("reads", READS),
        stat("writes", WRITES),
        {"Id": "e1", "Expression": "100 * (reads + writes) / 3000", "ReturnData": True},
    ]
    fields: dict[str, Any] = {
        "Metrics": queries,
        "EvaluationPeriods": 2,
        "Threshold": 80.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "breaching",
    }
    cloudwatch = CloudWatch(alarms=[an_answer("Statline database primary is near its IOPS limit", **fields)])
    cloudwatch.put(READS, "Average", 300, 300, 300, 1500, 1500)
    cloudwatch.put(WRITES, "Average", 300, 300, 300, 1200, 1500)
    text = _text(cloudwatch, "Statline database primary is near its IOPS limit")
    assert "300 300 300 1500 1500   reads: Average of AWS/RDS/ReadIOPS{DBInstanceIdentifier=statline-primary}" in text
    assert "20 20 20 90! 100!   100 * (reads + writes) / 3000 (!: > 80)" in text


def test_counts_of_samples_are_shown_as_they_are() -> None:
    fields = on_figure(AGE, Statistic="SampleCount", Threshold=1.0, ComparisonOperator="LessThanThreshold")
    cloudwatch = CloudWatch(alarms=[an_answer(LATE, **fields)])
    cloudwatch.put(AGE, "SampleCount", 6, 6, 0, 6, 6)
    assert "6 6 0! 6 6" in _text(cloudwatch, LATE)


def test_sparse_figures_are_not_spread_over_the_minutes_between_them() -> None:
    cloudwatch = _late()
    cloudwatch.put(AGE, "Maximum", 5, None, 5, None, 5)
    assert "5 - 5 - 5" in _text(cloudwatch, LATE)


def test_without_figures_it_says_what_that_may_mean() -> None:
    cloudwatch = _late()
    cloudwatch.figures.clear()
    text = _text(cloudwatch, LATE)
    assert "- - - - -" in text
    assert "There are no figures" in text


def test_an_alarm_that_cannot_be_evaluated_here_is_told_all_the_same() -> None:
    fields: dict[str, Any] = {
        "Metrics": [
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1)", "ReturnData": True},
        ],
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanUpperThreshold",
        "ThresholdMetricId": "band",
    }
    text = _text(CloudWatch(alarms=[an_answer("Statline odd", **fields)]), "Statline odd")
    assert "Its figures cannot be computed here" in text
    assert "First: Look at the log." in text


def test_as_data_it_has_the_figures_and_the_children() -> None:
    data = cast("Any", explained_json(_explain(_late(), WHOLE)))
    assert data["tells"] == ["page"]
    loud, quiet = data["children"]
    assert (loud["name"], quiet["name"]) == (LATE, "Statline stat sms is late")
    assert [one["value"] for one in loud["figures"]["compared"]] == [3, 12, 41, None, 95]


def test_figures_are_asked_for_in_one_call() -> None:
    cloudwatch = _late()
    _explain(cloudwatch, WHOLE)
    assert cloudwatch.calls.count("GetMetricData") == 1


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (TEXT, Words("Clinicians wait.", "Look at the log.", "https://example.org/docs/runbooks/late-queue.md")),
        ("Only words.", Words("Only words.", "", "")),
        ("", Words("", "", "")),
        ("It waits. First: Look.", Words("It waits.", "Look.", "")),
    ],
)
def test_an_alarms_text_has_three_parts(description: str, words: Words) -> None:
    assert words_of(description) == words


def test_the_runbook_of_a_checkout_is_printed() -> None:
    assert any("First five minutes" in line for line in runbook_lines(words_of(TEXT)))


def test_a_runbook_that_is_not_at_hand_is_a_link() -> None:
    lines = list(runbook_lines(Words("", "", "https://example.org/docs/runbooks/no-such-page.md")))
    assert lines == ["Runbook: https://example.org/docs/runbooks/no-such-page.md"]


KNOWN = ["Statline stat push is late", "Statline stat sms is late", "Statline quarantine is not empty"]


def test_close_names_are_found_by_words_and_by_likeness() -> None:
    assert close_to("push late", KNOWN) == ["Statline stat push is late"]
    assert close_to("Statline stat pusch is late", KNOWN)[0] == "Statline stat push is late"
    assert close_to("nonsense", KNOWN) == []


def test_a_name_is_known_however_it_is_cased() -> None:
    assert the_one("statline STAT sms is late", KNOWN) == "Statline stat sms is late"


def _deployed() -> None:
    cloudwatch: Any = boto3.client("cloudwatch", region_name=REGION)
    cloudwatch.put_metric_alarm(AlarmName=LATE, AlarmDescription=TEXT, **on_figure(AGE))


def test_a_misspelt_name_is_answered_with_close_ones(scene: Scene) -> None:
    _deployed()
    done = scene.run("explain", "Statline stat pusch is late", "-r", REGION)
    assert done.exit_code == Exit.NO
    assert f"Did you mean:\n  {LATE}" in done.output


def test_a_region_without_alarms_says_so(scene: Scene) -> None:
    done = scene.run("explain", LATE, "-r", REGION)
    assert done.exit_code == Exit.NO
    assert "has no alarms" in done.output
