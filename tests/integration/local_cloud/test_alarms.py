"""Alarms as the emulator keeps them: what a template gives them, and states that are set and never computed."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.resources import Clients


@dataclass(frozen=True)
class Bench:
    """Makes alarms from templates and reads them as CloudWatch describes them."""

    clients: Clients
    create_stack: CreateStack

    def make(self, **resources: tuple[str, dict[str, Any]]) -> dict[str, str]:
        """Make resources of CloudWatch's and SNS's types; return their physical ids."""
        return self.create_stack(
            {name: {"Type": kind, "Properties": given} for name, (kind, given) in resources.items()}
        )

    def described(self, alarm: str) -> dict[str, Any]:
        found = self.clients("cloudwatch").describe_alarms(
            AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        [described] = found["MetricAlarms"] or found["CompositeAlarms"]
        return dict(described)

    def set_state(self, alarm: str, state: str, **reason: str) -> None:
        self.clients("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="a test", **reason)

    def published(self, topic: str) -> float:
        """How many letters lie in the queue that hears a topic."""
        sqs = self.clients("sqs")
        found = sqs.receive_message(QueueUrl=topic, MaxNumberOfMessages=10).get("Messages", [])
        return len(found)


METRIC, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"


def _above(metric: str, **more: Any) -> tuple[str, dict[str, Any]]:
    rule = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1, "EvaluationPeriods": 1}
    figure = {"Namespace": f"test-{metric}", "MetricName": metric, "Period": 60, "Statistic": "Maximum"}
    return METRIC, {**figure, **rule, **more}


@pytest.fixture
def bench(clients: Clients, create_stack: CreateStack) -> Bench:
    return Bench(clients, create_stack)


def test_a_formula_is_described_as_the_template_has_it(bench: Bench) -> None:
    figure = {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": "Sum"}
    queries = [
        {"Id": "share", "Expression": "100 * part / 7", "ReturnData": True},
        {"Id": "part", "MetricStat": figure, "ReturnData": False},
    ]
    rule = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 80, "EvaluationPeriods": 3}

    alarm = bench.make(Alarm=(METRIC, {"Metrics": queries, **rule}))["Alarm"]

    described = bench.described(alarm)["Metrics"]
    assert {query["Id"]: query.get("Expression") for query in described} == {"share": "100 * part / 7", "part": None}


def test_a_composite_keeps_its_suppressor(bench: Bench) -> None:
    name = f"whole-{uuid.uuid4().hex[:8]}"
    suppression = {
        "ActionsSuppressor": {"Ref": "Cause"},
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 120,
    }
    rule = {"AlarmName": name, "AlarmRule": {"Fn::Sub": 'ALARM("${Symptom}")'}, **suppression}

    made = bench.make(Symptom=_above("Symptom"), Cause=_above("Cause"), Whole=(COMPOSITE, rule))

    described = bench.described(name)
    assert {key: described[key] for key in suppression} == {**suppression, "ActionsSuppressor": made["Cause"]}
    assert described["StateValue"] == "INSUFFICIENT_DATA"


def test_no_figure_and_no_child_changes_a_state(bench: Bench) -> None:
    name = f"whole-{uuid.uuid4().hex[:8]}"
    rule = {"AlarmName": name, "AlarmRule": {"Fn::Sub": 'ALARM("${Child}")'}}
    child = bench.make(Child=_above("Loud"), Whole=(COMPOSITE, rule))["Child"]

    bench.clients("cloudwatch").put_metric_data(
        Namespace="test-Loud", MetricData=[{"MetricName": "Loud", "Value": 100}]
    )
    assert bench.described(child)["StateValue"] == "INSUFFICIENT_DATA"

    bench.set_state(child, "ALARM")
    assert bench.described(child)["StateValue"] == "ALARM"
    assert bench.described(name)["StateValue"] == "INSUFFICIENT_DATA"


def test_a_state_that_is_set_tells_unless_its_actions_are_held_back(bench: Bench) -> None:
    queue: tuple[str, dict[str, Any]] = ("AWS::SQS::Queue", {})
    topic = ("AWS::SNS::Topic", {"Subscription": [{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]}}]})
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = (
        "AWS::SQS::QueuePolicy",
        {
            "Queues": [{"Ref": "Queue"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    )
    made = bench.make(Queue=queue, Policy=policy, Topic=topic, Alarm=_above("Told", AlarmActions=[{"Ref": "Topic"}]))
    alarm = made["Alarm"]

    bench.set_state(alarm, "ALARM", StateReasonData=json.dumps({"statlineTold": False}))
    assert bench.published(made["Queue"]) == 0

    bench.set_state(alarm, "ALARM", StateReasonData=json.dumps({"statlineTold": True}))
    assert bench.published(made["Queue"]) == 1

    bench.set_state(alarm, "ALARM")
    assert bench.published(made["Queue"]) == 0

    bench.set_state(alarm, "OK")
    bench.set_state(alarm, "ALARM")
    assert bench.published(made["Queue"]) == 1
