"""Alarms from templates: what references lead to, and what cannot be read."""

from typing import Any

import pytest

from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.evaluator import Evaluator
from statline.alarms.model import Comparison, CompositeAlarm, MetricAlarm, Missing, Suppression, key_of
from statline.alarms.recorded import Recorded
from statline.alarms.template import alarms_in

REGION = "ca-central-1"
TOPICS: dict[str, Any] = {
    "Resources": {
        "Page": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "statline-page"}},
        "Nameless": {"Type": "AWS::SNS::Topic"},
    },
    "Outputs": {"Out": {"Value": {"Ref": "Page"}, "Export": {"Name": "Monitoring:Page"}}},
}
LATE: dict[str, Any] = {
    "AlarmName": "late",
    "Namespace": "AWS/SQS",
    "MetricName": "ApproximateAgeOfOldestMessage",
    "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 30,
    "ComparisonOperator": "GreaterThanThreshold",
    "AlarmActions": [{"Fn::ImportValue": "Monitoring:Page"}],
    "Tags": [{"Key": "stack", "Value": {"Ref": "AWS::StackName"}}],
}
READS = {
    "Id": "reads",
    "MetricStat": {
        "Metric": {
            "Namespace": "AWS/RDS",
            "MetricName": "ReadIOPS",
            "Dimensions": [{"Name": "DB", "Value": "primary"}],
        },
        "Period": 60,
        "Stat": "Average",
    },
    "ReturnData": False,
}


def template(**alarms: dict[str, Any]) -> dict[str, Any]:
    return {
        "Parameters": {"Stage": {"Type": "String", "Default": "live"}},
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "statline-push-stat"}},
            "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"StateMachineName": "backup"}},
            "Router": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "statline-router"}},
            "Unnamed": {"Type": "AWS::Lambda::Function", "Properties": {}},
        }
        | {
            key: {
                "Type": f"AWS::CloudWatch::{'CompositeAlarm' if 'AlarmRule' in properties else 'Alarm'}",
                "Properties": properties,
            }
            for key, properties in alarms.items()
        },
    }


def only(properties: dict[str, Any]) -> MetricAlarm:
    (found,) = alarms_in([TOPICS, template(Late=properties)], REGION)
    assert isinstance(found, MetricAlarm)
    return found


def test_an_alarm_on_a_metric_is_read_with_its_references_and_defaults() -> None:
    found = only(LATE)
    (query,) = found.queries
    assert query.metric == key_of("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "statline-push-stat"})
    assert (query.statistic, found.period, found.evaluation_periods, found.datapoints) == ("Maximum", 60, 3, 3)
    assert (found.comparison, found.threshold, found.missing) == (Comparison.ABOVE, 30.0, Missing.MISSING)
    assert (found.region, found.actions.alarm, found.actions.ok) == (REGION, ("statline-page",), ())
    assert found.actions_enabled


def test_what_a_template_says_otherwise_is_read() -> None:
    changed = {"DatapointsToAlarm": "2", "TreatMissingData": "breaching", "ActionsEnabled": False, "Statistic": None}
    found = only(LATE | changed | {"ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore"})
    assert (found.datapoints, found.missing, found.actions_enabled) == (2, Missing.BREACHING, False)
    assert (found.queries[0].statistic, found.percentile_ignored) == ("p99", True)


def test_an_alarm_on_an_expression_is_read() -> None:
    metrics = [{"Id": "share", "Expression": "reads / 120"}, READS]
    math = {key: value for key, value in LATE.items() if key not in {"MetricName", "Namespace", "Period", "Statistic"}}
    found = only(math | {"Metrics": metrics})
    assert (found.returned, found.period) == ("share", 60)
    assert [(one.id, one.expression, one.statistic) for one in found.queries] == [
        ("share", "reads / 120", ""),
        ("reads", "", "Average"),
    ]


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Router"}, "statline-router"),
        ({"Fn::Join": ["", [{"Ref": "Router"}, ":", {"Ref": "Stage"}]]}, "statline-router:live"),
        ({"Ref": "Machine"}, "arn:aws:states:ca-central-1:000000000000:stateMachine:backup"),
        ({"Fn::Select": [6, {"Fn::Split": [":", {"Fn::GetAtt": ["Router", "Arn"]}]}]}, "statline-router"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "statline-push-stat"),
        ({"Ref": "AWS::Region"}, REGION),
    ],
)
def test_a_dimension_is_what_its_reference_leads_to(value: Any, resolved: str) -> None:
    found = only(LATE | {"Dimensions": [{"Name": "Of", "Value": value}]})
    assert found.queries[0].metric is not None
    assert found.queries[0].metric.dimensions == (("Of", resolved),)


@pytest.mark.parametrize(
    ("action", "topic"),
    [
        ({"Fn::ImportValue": "Monitoring:Page"}, "statline-page"),
        ("arn:aws:sns:ca-central-1:111122223333:chat", "arn:aws:sns:ca-central-1:111122223333:chat"),
        ({"Fn::Join": [":", ["arn:aws:sns", {"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}, "chat"]]}, "chat"),
    ],
)
def test_topics_are_names_or_arns_as_the_template_has_them(action: Any, topic: str) -> None:
    assert only(LATE | {"AlarmActions": [action]}).actions.alarm == (topic,)


def test_a_topic_without_a_name_is_called_by_its_logical_id() -> None:
    alarms = {"Late": {"Type": "AWS::CloudWatch::Alarm", "Properties": LATE | {"AlarmActions": [{"Ref": "Nameless"}]}}}
    both = {"Resources": TOPICS["Resources"] | template()["Resources"] | alarms}
    assert alarms_in([both], REGION)[0].actions.alarm == ("Nameless",)


def test_a_composites_rule_names_alarms_of_this_and_of_other_templates() -> None:
    rule = [
        'ALARM("',
        {"Fn::GetAtt": ["Late", "Arn"]},
        '") OR ALARM("',
        {"Fn::ImportValue": "Delivery:Dead"},
        '") OR ALARM(',
        {"Ref": "Unlucky"},
        ")",
    ]
    whole = {
        "AlarmName": "whole",
        "AlarmRule": {"Fn::Join": ["", rule]},
        "ActionsSuppressor": {"Fn::GetAtt": ["Late", "Arn"]},
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": "120",
    }
    nameless = {key: value for key, value in LATE.items() if key != "AlarmName"}
    other = template(Dead=LATE | {"AlarmName": "dead"})
    other["Outputs"] = {"A": {"Value": {"Fn::GetAtt": ["Dead", "Arn"]}, "Export": {"Name": "Delivery:Dead"}}}
    alarms = alarms_in([TOPICS, template(Whole=whole, Late=LATE, Unlucky=nameless), other], REGION)
    found = alarms[0]
    assert isinstance(found, CompositeAlarm)
    assert found.rule == 'ALARM("late") OR ALARM("dead") OR ALARM(Unlucky)'
    assert found.suppression == Suppression(suppressor="late", wait=60, extension=120)
    assert set(Evaluator(alarms, Recorded({}), began=0).states) == {"whole", "late", "Unlucky", "dead"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"Dimensions": [{"Name": "F", "Value": {"Ref": "Unnamed"}}]}, "Unnamed, a AWS::Lambda::Function, has no name"),
        ({"Dimensions": [{"Name": "F", "Value": {"Ref": "Gone"}}]}, "the template has no Gone"),
        ({"Dimensions": [{"Name": "F", "Value": {"Fn::GetAtt": ["Queue", "Url"]}}]}, "Url of Queue"),
        ({"AlarmActions": [{"Fn::ImportValue": "Elsewhere:Page"}]}, "no given template exports 'Elsewhere:Page'"),
        ({"Threshold": {"Fn::If": ["Big", 1, 2]}}, "Fn::If is not implemented"),
        ({"Threshold": None}, "has no Threshold"),
        ({"Threshold": "many"}, "Threshold is no number"),
        ({"Period": 45}, "Period is 45"),
        ({"Period": None}, "has no Period"),
        ({"EvaluationPeriods": None}, "has no EvaluationPeriods"),
        ({"DatapointsToAlarm": 4}, "DatapointsToAlarm is 4 of 3"),
        ({"Statistic": None}, "neither Statistic nor ExtendedStatistic"),
        ({"MetricName": None}, "neither MetricName nor Metrics"),
        ({"TreatMissingData": "bad"}, "TreatMissingData is 'bad'"),
        ({"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"}, "is not implemented"),
        ({"ThresholdMetricId": "band"}, "anomaly detection"),
        ({"EvaluationWindow": {"WallClockWindow": {}}}, "wall clock"),
        ({"MetricName": None, "Metrics": [READS]}, "exactly one of its Metrics must return data"),
        (
            {"MetricName": None, "Metrics": [READS, {"Id": "e", "Expression": "reads", "Period": 300}]},
            "the same Period",
        ),
    ],
)
def test_what_cannot_be_read_names_the_resource(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(UnreadableAlarmError, match=f"Late.*{problem}") as raised:
        only(LATE | changed)
    assert raised.value.where.startswith("Late")
