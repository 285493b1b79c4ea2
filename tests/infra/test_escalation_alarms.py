"""What becomes of an activation is watched: its ladders, its answers, its receipts, and providers beside each other."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.config.model import RegionConfig
from infra.constructs.alarms.delivery import delivery_alarms
from infra.constructs.alarms.failover import beside_each_other
from infra.constructs.alarms.receipts import receipt_alarms
from statline.contract.words import Channel
from tests.infra.alarms import Alarm, children, composites_of, severity
from tests.infra.templates import Template

_ESCALATION = "Statline escalation is impaired"
_STAT = "Statline stat delivery is impaired"


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


@pytest.fixture
def alarms(monitoring: Template) -> dict[str, Alarm]:
    return {alarm["AlarmName"]: alarm for alarm in monitoring.properties("AWS::CloudWatch::Alarm")}


def _told(alarm: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        alarm["MetricName"],
        alarm["Statistic"],
        alarm["Threshold"],
        (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"], alarm["Period"]),
        alarm["TreatMissingData"],
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("escalation steps are late", ("StepLateSeconds", "Maximum", 20, (1, 30, 10), "notBreaching")),
        ("escalation is overdue", ("LaddersOverdue", "Maximum", 0, (2, 3, 60), "breaching")),
        ("an activation was not answered", ("LaddersExhausted", "Sum", 0, (1, 30, 10), "notBreaching")),
        ("receipts are late", ("ApproximateAgeOfOldestMessage", "Maximum", 60, (2, 5, 60), "notBreaching")),
        ("key presses are lost", ("Errors", "Sum", 0, (1, 5, 60), "notBreaching")),
        ("pager calls are lost", ("Errors", "Sum", 0, (1, 5, 60), "notBreaching")),
    ],
)
def test_what_an_activation_suffers_is_said(alarms: dict[str, Alarm], name: str, told: tuple[Any, ...]) -> None:
    assert _told(alarms[f"Statline {name}"]) == told


def test_one_trouble_of_escalation_is_one_page(monitoring: Template) -> None:
    composite = composites_of(monitoring)[_ESCALATION]
    assert severity(monitoring, composite) == "page"
    assert children(monitoring, composite) == {
        "Statline escalation steps are late",
        "Statline escalation is overdue",
        "Statline escalation is stuck",
        "Statline receipts are late",
        "Statline text replies do not get through",
        "Statline key presses are lost",
    }


def test_that_nobody_came_is_said_by_itself_whatever_else_speaks(
    monitoring: Template, alarms: dict[str, Alarm]
) -> None:
    for name in ("an activation was not answered", "pager calls are lost"):
        assert severity(monitoring, alarms[f"Statline {name}"]) == "page"


def test_no_alarm_looks_at_the_age_of_a_queue_that_holds_timers(alarms: dict[str, Alarm]) -> None:
    aged = {
        dimension["Value"]
        for alarm in alarms.values()
        if alarm.get("MetricName") == "ApproximateAgeOfOldestMessage"
        for dimension in alarm["Dimensions"]
    }
    assert "statline-receipts" in aged
    assert not aged & {"statline-escalation", "statline-receipt-deadlines", "statline-roll-calls"}


def test_each_topic_that_brings_something_from_phones_is_one_that_there_is(
    templates: Mapping[str, Template], region: str, alarms: dict[str, Alarm]
) -> None:
    topics = {
        topic["TopicName"]
        for name, template in templates.items()
        if name.startswith(f"Statline-{region}-")
        for topic in template.properties("AWS::SNS::Topic")
    }
    watched = {
        dimension["Value"]
        for alarm in alarms.values()
        if alarm.get("Namespace") == "AWS/SNS"
        for dimension in alarm["Dimensions"]
    }
    assert watched == topics - {"statline-ticket"}


def test_each_rule_that_is_watched_is_one_that_there_is_and_its_bus_is_the_default_one(
    templates: Mapping[str, Template], region: str, alarms: dict[str, Alarm]
) -> None:
    """Of the default bus EventBridge says these figures by the rule alone."""
    rules = {
        rule["Name"]: rule
        for name, template in templates.items()
        if name.startswith(f"Statline-{region}-")
        for rule in template.properties("AWS::Events::Rule")
    }
    watched = [
        query["MetricStat"]["Metric"]["Dimensions"]
        for alarm in alarms.values()
        for query in alarm.get("Metrics", ())
        if query.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "AWS/Events"
    ]
    assert len(watched) == 3
    for (dimension,) in watched:
        assert dimension["Name"] == "RuleName"
        assert "EventBusName" not in rules[dimension["Value"]]


def test_every_rule_that_brings_delivery_something_from_outside_is_watched(
    state: Template, delivery: Template, alarms: dict[str, Alarm]
) -> None:
    """A clock that does not strike is missed: what it wakes says a figure, whose silence is an alarm."""
    rules = [*state.properties("AWS::Events::Rule"), *delivery.properties("AWS::Events::Rule")]
    patterned = {rule["Name"] for rule in rules if "EventPattern" in rule}
    text = json.dumps(alarms)
    assert patterned == {"statline-calls"}
    assert {name for name in patterned if f'"Value": "{name}"' not in text} == set()


def test_the_ticks_of_each_function_that_sends_itself_some_are_watched(
    state: Template, alarms: dict[str, Alarm]
) -> None:
    ticks = {q["QueueName"] for q in state.properties("AWS::SQS::Queue") if q["QueueName"].endswith("-ticks")}
    text = json.dumps([alarm for name, alarm in alarms.items() if name.endswith("ticks consumer is stuck")])
    assert ticks
    assert {name for name in ticks if text.count(name) < 2} == set()


def test_both_providers_away_wakes_somebody_and_one_is_a_ticket(
    config: RegionConfig, monitoring: Template, alarms: dict[str, Alarm]
) -> None:
    names = {provider for names in beside_each_other(config.providers).values() for provider in names}
    demoted = {name for name in alarms if name.endswith("is demoted")}
    assert demoted == {f"Statline sms provider {name} is demoted" for name in names}
    assert {severity(monitoring, alarms[name]) for name in demoted} <= {"ticket"}
    none_left = "Statline sms has no provider left" in children(monitoring, composites_of(monitoring)[_STAT])
    assert none_left is bool(names)


def test_a_region_with_one_provider_a_channel_has_no_door_and_no_failover(config: RegionConfig) -> None:
    without = config.providers.model_copy(update={"sms": config.providers.sms.model_copy(update={"twilio": None})})
    rows = delivery_alarms(tuple(Channel), region=config.region, providers=without, canary=config.canary)
    assert not [row.name for row in rows if any(word in row.name for word in ("demoted", "left", "forged", "webhooks"))]


def test_a_region_without_calls_hears_no_keys_and_no_callers(config: RegionConfig) -> None:
    rows = delivery_alarms(
        (Channel.PUSH, Channel.SMS), region=config.region, providers=config.providers, canary=config.canary
    )
    assert not [row.name for row in rows if any(word in row.name for word in ("key", "pager", "voice"))]


def test_receipts_are_waited_for_on_the_channels_that_there_are(config: RegionConfig) -> None:
    rows = receipt_alarms((Channel.SMS,), region=config.region, callbacks=False)
    assert [row.name for row in rows if "for want of receipts" in row.name] == [
        "Statline stat sms goes another way for want of receipts"
    ]
