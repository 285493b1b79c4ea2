"""Alarms speak of what clinicians feel, to people, in time; and each knows what silence means."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.config.model import RegionConfig
from infra.constructs.alarms_delivery import delivery_alarms
from statline.contract.words import Channel, Priority
from tests.infra.templates import Template, as_list

Alarm = dict[str, Any]
_STAGES = ("ingress", *(channel.value for channel in Channel))


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


@pytest.fixture
def alarms(monitoring: Template) -> list[Alarm]:
    return monitoring.properties("AWS::CloudWatch::Alarm")


@pytest.fixture
def composites(monitoring: Template) -> dict[str, Alarm]:
    return {alarm["AlarmName"]: alarm for alarm in monitoring.properties("AWS::CloudWatch::CompositeAlarm")}


def _on(alarms: list[Alarm], metric: str, dimension: str) -> Alarm:
    """The one alarm on a metric of a queue, function, topic or instance."""
    (found,) = (
        alarm for alarm in alarms if alarm.get("MetricName") == metric and alarm["Dimensions"][0]["Value"] == dimension
    )
    return found


def _severity(template: Template, alarm: Alarm) -> str:
    (action,) = alarm["AlarmActions"]
    assert alarm["OKActions"] == [action], "who was told of the trouble is told of its end"
    topic = template.body["Resources"][action["Ref"]]["Properties"]
    return str(topic["TopicName"].removeprefix("statline-"))


@pytest.mark.parametrize(
    ("lane", "seconds", "datapoints", "severity"),
    [
        (Priority.STAT, 30, (1, 1), "page"),
        (Priority.URGENT, 120, (1, 1), "page"),
        (Priority.ROUTINE, 900, (3, 3), "ticket"),
    ],
)
def test_a_lane_that_waits_too_long_is_said(
    monitoring: Template, *, lane: Priority, seconds: int, datapoints: tuple[int, int], severity: str
) -> None:
    for stage in _STAGES:
        alarms = monitoring.properties("AWS::CloudWatch::Alarm")
        alarm = _on(alarms, "ApproximateAgeOfOldestMessage", f"statline-{stage}-{lane}")
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", seconds)
        assert (alarm["Statistic"], alarm["Period"]) == ("Maximum", 60)
        assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == datapoints
        assert _severity(monitoring, alarm) == severity


def test_every_queue_has_an_alarm_and_no_alarm_watches_a_queue_that_is_not_there(
    state: Template, alarms: list[Alarm]
) -> None:
    queues = {queue["QueueName"] for queue in state.properties("AWS::SQS::Queue")}
    watched = {alarm["Dimensions"][0]["Value"] for alarm in alarms if alarm.get("Namespace") == "AWS/SQS"}
    assert watched == queues


def test_every_function_has_alarms_on_errors_and_throttles(delivery: Template, alarms: list[Alarm]) -> None:
    functions = {function["FunctionName"] for function in delivery.properties("AWS::Lambda::Function")}
    for figure in ("Errors", "Throttles"):
        assert {a["Dimensions"][0]["Value"] for a in alarms if a.get("MetricName") == figure} == functions


def test_one_dead_letter_is_enough(state: Template, alarms: list[Alarm]) -> None:
    dead = {q["QueueName"] for q in state.properties("AWS::SQS::Queue") if q["QueueName"].endswith("-dlq")}
    for name in dead:
        alarm = _on(alarms, "ApproximateNumberOfMessagesVisible", name)
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0), name
        assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"] == 1, name


def test_a_dead_stat_is_said_though_its_queue_is_empty_again_at_once(monitoring: Template, alarms: list[Alarm]) -> None:
    alarm = _on(alarms, "Invocations", "statline-dead-letters")
    assert (alarm["Threshold"], alarm["Statistic"], alarm["TreatMissingData"]) == (0, "Sum", "notBreaching")
    assert _severity(monitoring, alarm) == "page"


def test_the_iops_alarm_is_a_share_of_what_is_provisioned(alarms: list[Alarm], config: RegionConfig) -> None:
    assert config.database is not None
    for instance in (config.database.primary, config.database.replica):
        (alarm,) = (a for a in alarms if a["AlarmName"].startswith(f"Statline database {instance.role} is near"))
        result, reads, writes = sorted(alarm["Metrics"], key=lambda metric: "MetricStat" in metric)
        assert result["Expression"] == f"100 * ({reads['Id']} + {writes['Id']}) / {instance.iops}"
        assert (result["ReturnData"], reads["ReturnData"], writes["ReturnData"]) == (True, False, False)
        for metric, name in ((reads, "ReadIOPS"), (writes, "WriteIOPS")):
            assert metric["MetricStat"]["Metric"]["MetricName"] == name
            assert metric["MetricStat"]["Metric"]["Dimensions"] == [
                {"Name": "DBInstanceIdentifier", "Value": instance.identifier}
            ]
        assert (alarm["Threshold"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (80, 3, 3)


def test_a_database_that_publishes_nothing_is_in_trouble(alarms: list[Alarm]) -> None:
    treatments = {
        alarm["AlarmName"]: alarm["TreatMissingData"]
        for alarm in alarms
        if alarm["AlarmName"].startswith("Statline database")
    }
    assert treatments["Statline database primary is near its IOPS limit or silent"] == "breaching"
    assert treatments["Statline database replica lags"] == "breaching"


def test_an_idle_queue_and_an_idle_function_are_no_trouble(alarms: list[Alarm]) -> None:
    idle = [alarm for alarm in alarms if alarm.get("Namespace") in {"AWS/SQS", "AWS/Lambda"}]
    assert idle
    assert {alarm["TreatMissingData"] for alarm in idle} == {"notBreaching"}


def test_no_alarm_leaves_it_to_chance_what_missing_data_means(alarms: list[Alarm]) -> None:
    assert all("TreatMissingData" in alarm for alarm in alarms)


def test_delivery_is_impaired_when_anything_of_stat_or_urgent_is(
    monitoring: Template, composites: dict[str, Alarm]
) -> None:
    parts = _parts(monitoring, composites["Statline delivery is impaired"])
    for stage in _STAGES:
        for lane in (Priority.STAT, Priority.URGENT):
            assert {f"Statline {lane} {stage} is late", f"Statline {lane} {stage} has dead letters"} <= parts
    assert "Statline stat messages died" in parts
    assert not {part for part in parts if "routine" in part or "database" in part}
    assert _severity(monitoring, composites["Statline delivery is impaired"]) == "page"


def test_the_databases_trouble_is_what_any_of_its_alarms_says(
    monitoring: Template, alarms: list[Alarm], composites: dict[str, Alarm]
) -> None:
    of_database = {alarm["AlarmName"] for alarm in alarms if alarm["AlarmName"].startswith("Statline database")}
    assert _parts(monitoring, composites["Statline database is in trouble"]) == of_database


def _parts(template: Template, composite: Alarm) -> set[str]:
    pieces = composite["AlarmRule"]["Fn::Join"][1]
    words = {word for piece in pieces if isinstance(piece, str) for word in re.findall(r"[A-Z]+", piece)}
    assert words == {"ALARM", "OR"}
    ids = [piece["Fn::GetAtt"][0] for piece in pieces if not isinstance(piece, str)]
    return {template.body["Resources"][logical_id]["Properties"]["AlarmName"] for logical_id in ids}


def test_alarms_reach_the_people_of_the_config(monitoring: Template, config: RegionConfig) -> None:
    topics = {key: t["Properties"]["TopicName"] for key, t in monitoring.resources("AWS::SNS::Topic").items()}
    reached = {
        (topics[found["TopicArn"]["Ref"]], found["Protocol"], found["Endpoint"])
        for found in monitoring.properties("AWS::SNS::Subscription")
    }
    wanted = {
        (f"statline-{severity}", protocol, endpoint)
        for severity, who in (("page", config.on_call.page), ("ticket", config.on_call.ticket))
        for protocol, endpoints in (("email", who.emails), ("https", who.https), ("sms", who.sms))
        for endpoint in endpoints
    }
    assert reached == wanted != set()


def test_cloudwatch_and_nobody_else_may_speak_to_the_encrypted_topics(
    monitoring: Template, state: Template, config: RegionConfig
) -> None:
    for topic in monitoring.properties("AWS::SNS::Topic"):
        assert monitoring.name_of(topic["KmsMasterKeyId"]).startswith("KeysMessages")
    account = {"StringEquals": {"aws:SourceAccount": config.account.id}}
    for policy in monitoring.properties("AWS::SNS::TopicPolicy"):
        allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert [(s["Principal"], s["Action"], s["Condition"]) for s in allowed] == [
            ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", account)
        ]
        (denied,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (key,) = (key for name, key in state.resources("AWS::KMS::Key").items() if name.startswith("KeysMessages"))
    (grant,) = (
        s
        for s in key["Properties"]["KeyPolicy"]["Statement"]
        if "cloudwatch.amazonaws.com" in as_list(s["Principal"].get("Service", []))
    )
    assert grant["Condition"] == account
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(as_list(grant["Action"]))


def test_there_are_no_more_parts_than_a_composite_takes(monitoring: Template, composites: dict[str, Alarm]) -> None:
    assert all(len(_parts(monitoring, composite)) <= 100 for composite in composites.values())


def test_a_region_without_voice_has_no_alarm_on_it() -> None:
    with_voice, without = delivery_alarms(tuple(Channel)), delivery_alarms((Channel.PUSH, Channel.SMS))
    assert any("voice" in row.name for row in with_voice)
    assert not any("voice" in row.name for row in without)
