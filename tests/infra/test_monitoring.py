"""Alarms speak of what clinicians feel, to people, in time and once; and each knows what silence means."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.config.canary import Canary
from infra.config.model import RegionConfig
from infra.constructs.alarms.canary import canary_alarms
from infra.constructs.alarms.delivery import delivery_alarms
from infra.stacks.monitoring import region_alarms
from statline.contract.words import Channel, Priority
from tests.infra.alarms import Alarm, children, composites_of, severity, suppressor
from tests.infra.templates import Template

_STAGES = ("ingress", *(channel.value for channel in Channel))
_SERVED = (Priority.STAT, Priority.URGENT)
STAT = "Statline stat delivery is impaired"
DELIVERY = "Statline delivery is impaired"
ROUTINE = "Statline routine delivery is impaired"
DATABASE = "Statline database is in trouble"
REPLICA = "Statline database replica is in trouble"
ESCALATION = "Statline escalation is impaired"
SATURATED = "Statline database is saturated by a backup"


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


@pytest.fixture
def alarms(monitoring: Template) -> dict[str, Alarm]:
    return {alarm["AlarmName"]: alarm for alarm in monitoring.properties("AWS::CloudWatch::Alarm")}


@pytest.fixture
def composites(monitoring: Template) -> dict[str, Alarm]:
    return composites_of(monitoring)


def _told(alarm: Mapping[str, Any]) -> tuple[Any, ...]:
    """What an alarm compares, and how often it must be so."""
    return (
        alarm["ComparisonOperator"],
        alarm["Threshold"],
        alarm.get("Statistic") or alarm["ExtendedStatistic"],
        alarm["Period"],
        (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]),
        alarm["TreatMissingData"],
    )


def _figures(alarms: Mapping[str, Alarm]) -> Iterator[Mapping[str, Any]]:
    """Every figure that an alarm looks at, those that formulas use among them."""
    for alarm in alarms.values():
        if "Metrics" not in alarm:
            yield alarm
        yield from (query["MetricStat"]["Metric"] for query in alarm.get("Metrics", ()) if "MetricStat" in query)


def _about(alarm: Mapping[str, Any]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


@pytest.mark.parametrize(
    ("lane", "outstanding", "accepted", "routed", "period", "stalled", "takes_long"),
    [
        (Priority.STAT, 20, 10, 5, 10, (2, 30), (3, 30)),
        (Priority.URGENT, 90, 60, 30, 10, (2, 30), (3, 30)),
        (Priority.ROUTINE, 900, 900, 600, 60, (3, 5), (3, 5)),
    ],
)
def test_what_waits_and_what_takes_long_is_said_in_each_lane(
    alarms: dict[str, Alarm],
    region: str,
    *,
    lane: Priority,
    outstanding: int,
    accepted: int,
    routed: int,
    period: int,
    stalled: tuple[int, int],
    takes_long: tuple[int, int],
) -> None:
    above = "GreaterThanThreshold"
    for channel in Channel:
        waits, slow = alarms[f"Statline {lane} {channel} is stalled"], alarms[f"Statline {lane} {channel} is slow"]
        assert (waits["MetricName"], slow["MetricName"]) == ("OldestOutstandingSeconds", "AcceptedSeconds")
        assert _about(waits) == _about(slow) == {"Region": region, "Lane": lane, "Channel": channel}
        assert _told(waits) == (above, outstanding, "Maximum", period, stalled, "ignore")
        assert _told(slow) == (above, accepted, "p90", period, takes_long, "notBreaching")
    router = alarms[f"Statline {lane} router is slow"]
    assert (router["MetricName"], _about(router)) == ("RoutedSeconds", {"Region": region, "Lane": lane})
    assert _told(router) == (above, routed, "p90", period, takes_long, "notBreaching")


@pytest.mark.parametrize(
    ("lane", "period", "datapoints"),
    [(Priority.STAT, 30, (2, 2)), (Priority.URGENT, 30, (4, 4)), (Priority.ROUTINE, 60, (15, 15))],
)
def test_a_canary_that_does_not_arrive_or_is_not_even_sent_is_lost(
    alarms: dict[str, Alarm], *, lane: Priority, period: int, datapoints: tuple[int, int]
) -> None:
    for channel in Channel:
        alarm = alarms[f"Statline {lane} {channel} canary is lost"]
        assert alarm["MetricName"] == "CanaryArrived"
        assert _told(alarm) == ("LessThanThreshold", 1, "Maximum", period, datapoints, "breaching")


def test_that_nobody_looks_is_said(alarms: dict[str, Alarm]) -> None:
    alarm = alarms["Statline cannot see what is outstanding"]
    assert alarm["MetricName"] == "OldestOutstandingSeconds"
    assert _told(alarm) == ("LessThanThreshold", 1, "SampleCount", 30, (2, 2), "breaching")


@pytest.mark.parametrize(
    ("lane", "seconds", "datapoints"),
    [(Priority.STAT, 30, (1, 5)), (Priority.URGENT, 120, (1, 5)), (Priority.ROUTINE, 900, (3, 5))],
)
def test_a_queue_that_waits_too_long_is_said(
    alarms: dict[str, Alarm], *, lane: Priority, seconds: int, datapoints: tuple[int, int]
) -> None:
    for stage in _STAGES:
        alarm = alarms[f"Statline {lane} {stage} is late"]
        assert (alarm["MetricName"], _about(alarm)) == (
            "ApproximateAgeOfOldestMessage",
            {"QueueName": f"statline-{stage}-{lane}"},
        )
        assert _told(alarm) == ("GreaterThanThreshold", seconds, "Maximum", 60, datapoints, "notBreaching")


def test_every_queue_has_an_alarm_and_no_alarm_watches_a_queue_that_is_not_there(
    state: Template, alarms: dict[str, Alarm]
) -> None:
    queues = {queue["QueueName"] for queue in state.properties("AWS::SQS::Queue")}
    watched = {_about(figure)["QueueName"] for figure in _figures(alarms) if figure["Namespace"] == "AWS/SQS"}
    assert watched == queues


def test_one_dead_letter_is_enough(state: Template, monitoring: Template, alarms: dict[str, Alarm]) -> None:
    depths = {
        _about(alarm)["QueueName"]: alarm
        for alarm in alarms.values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
    }
    queues = {queue["QueueName"] for queue in state.properties("AWS::SQS::Queue")}
    dead = {name for name in queues if name.endswith("-dlq") and "-ticks" not in name}
    assert dead
    for name in dead:
        assert _told(depths[name]) == ("GreaterThanThreshold", 0, "Maximum", 60, (1, 1), "notBreaching"), name
        wakes = any(name.endswith(f"-{served}-dlq") for served in (*_SERVED, "escalation"))
        assert severity(monitoring, depths[name]) == ("page" if wakes else "ticket"), name


def test_a_consumer_is_stuck_when_something_waits_and_nothing_is_finished(alarms: dict[str, Alarm]) -> None:
    for stage in _STAGES:
        for lane in Priority:
            alarm = alarms[f"Statline {lane} {stage} consumer is stuck"]
            result, *figures = sorted(alarm["Metrics"], key=lambda metric: "MetricStat" in metric)
            assert result["Expression"] == "IF(visible > 0, IF(FILL(deleted, 0) < 1, 1, 0), 0)"
            found = {
                metric["Id"]: (
                    metric["MetricStat"]["Metric"]["MetricName"],
                    metric["MetricStat"]["Stat"],
                    _about(metric["MetricStat"]["Metric"]),
                )
                for metric in figures
            }
            queue = {"QueueName": f"statline-{stage}-{lane}"}
            assert found == {
                "visible": ("ApproximateNumberOfMessagesVisible", "Maximum", queue),
                "deleted": ("NumberOfMessagesDeleted", "Sum", queue),
            }


def test_every_function_has_alarms_on_errors_and_throttles(delivery: Template, alarms: dict[str, Alarm]) -> None:
    functions = {function["FunctionName"] for function in delivery.properties("AWS::Lambda::Function")}
    for figure in ("Errors", "Throttles"):
        watched = {_about(alarm)["FunctionName"] for alarm in alarms.values() if alarm.get("MetricName") == figure}
        assert watched == functions


def test_a_dead_stat_is_said_though_its_queue_is_empty_again_at_once(
    monitoring: Template, alarms: dict[str, Alarm]
) -> None:
    alarm = alarms["Statline stat messages died"]
    assert (alarm["MetricName"], _about(alarm)) == ("Invocations", {"FunctionName": "statline-dead-letters"})
    assert (alarm["Threshold"], alarm["Statistic"], alarm["TreatMissingData"]) == (0, "Sum", "notBreaching")
    assert severity(monitoring, alarm) == "page"


def test_an_idle_queue_and_an_idle_function_are_no_trouble(alarms: dict[str, Alarm]) -> None:
    idle = [alarm for alarm in alarms.values() if alarm.get("Namespace") in {"AWS/SQS", "AWS/Lambda"}]
    assert idle
    assert {alarm["TreatMissingData"] for alarm in idle} == {"notBreaching"}


def test_no_alarm_leaves_it_to_chance_what_missing_data_means(alarms: dict[str, Alarm]) -> None:
    assert all("TreatMissingData" in alarm for alarm in alarms.values())


def test_why_missing_data_means_what_it_means_is_said_of_every_alarm(config: RegionConfig) -> None:
    assert all(len(row.missing.because) > 20 for row in region_alarms(config))


def test_an_alarm_speaks_by_itself_or_through_exactly_one_whole(
    monitoring: Template, alarms: dict[str, Alarm], composites: dict[str, Alarm]
) -> None:
    spoken_for: dict[str, int] = {}
    for name, composite in composites.items():
        if name != SATURATED:  # it says of the database's alarms what their own whole says, and more
            for child in children(monitoring, composite):
                spoken_for[child] = spoken_for.get(child, 0) + 1
    for name, alarm in alarms.items():
        speaks = "AlarmActions" in alarm
        assert speaks != (name in spoken_for), name
        assert not speaks or severity(monitoring, alarm) in {"page", "ticket"}
    assert set(spoken_for.values()) == {1}


def test_causes_write_tickets_and_wake_nobody(monitoring: Template, alarms: dict[str, Alarm]) -> None:
    causes = [
        alarm
        for name, alarm in alarms.items()
        if name.endswith(
            (" fails", " is throttled", "consumer is stuck", "with errors", "nearly used up", "demoted", "of receipts")
        )
    ]
    assert len(causes) > 30
    assert {severity(monitoring, alarm) for alarm in causes} == {"ticket"}


@pytest.mark.parametrize(("lane", "whole"), [(Priority.STAT, STAT), (Priority.URGENT, DELIVERY)])
def test_what_is_felt_of_a_lane_is_told_by_its_whole(
    monitoring: Template, alarms: dict[str, Alarm], composites: dict[str, Alarm], *, lane: Priority, whole: str
) -> None:
    known = {*alarms, *composites}
    felt = {
        *(f"Statline {lane} {channel} {what}" for channel in Channel for what in ("is stalled", "is slow")),
        *(f"Statline {lane} {channel} canary is lost" for channel in Channel),
        *(f"Statline {lane} {stage} is late" for stage in _STAGES),
        f"Statline {lane} router is slow",
    }
    also = {
        STAT: {"Statline sms has no provider left"},
        DELIVERY: {STAT, "Statline cannot see what is outstanding"},
    }
    assert children(monitoring, composites[whole]) == felt | {name for name in also[whole] if name in known}
    assert severity(monitoring, composites[whole]) == "page"


def test_a_general_whole_is_held_back_while_a_particular_one_speaks(
    monitoring: Template, composites: dict[str, Alarm]
) -> None:
    assert {name: suppressor(monitoring, composite) for name, composite in composites.items()} == {
        STAT: None,
        DELIVERY: STAT,
        ROUTINE: DELIVERY,
        ESCALATION: STAT,
        SATURATED: None,
        DATABASE: SATURATED,
        REPLICA: None,
    }
    # The wait is what a page of the general one alone is late by: urgent has two minutes.
    held = [composite for composite in composites.values() if "ActionsSuppressor" in composite]
    assert {c["ActionsSuppressorWaitPeriod"] for c in held} == {10}
    assert {c["ActionsSuppressorExtensionPeriod"] for c in held} == {180}


def test_routine_wakes_nobody(monitoring: Template, alarms: dict[str, Alarm], composites: dict[str, Alarm]) -> None:
    assert severity(monitoring, composites[ROUTINE]) == "ticket"
    own = [alarm for name, alarm in alarms.items() if " routine " in name and "AlarmActions" in alarm]
    assert {severity(monitoring, alarm) for alarm in own} == {"ticket"}
    for name in (STAT, DELIVERY):
        assert not {child for child in children(monitoring, composites[name]) if "routine" in child}


def test_a_region_without_voice_or_canary_has_no_alarm_on_it(config: RegionConfig) -> None:
    def names(channels: tuple[Channel, ...], *, canary: Canary | None) -> list[str]:
        rows = delivery_alarms(channels, region=config.region, providers=config.providers, canary=canary)
        return [row.name for row in rows]

    everything = names(tuple(Channel), canary=config.canary)
    assert any(" voice " in name for name in everything)
    assert any(" canary " in name for name in everything)
    assert not any(" voice " in name for name in names((Channel.PUSH, Channel.SMS), canary=config.canary))
    assert not any(" canary " in name for name in names(tuple(Channel), canary=None))


def test_a_real_canary_that_is_lost_is_a_ticket_on_each_channel_that_has_one(
    config: RegionConfig, monitoring: Template, alarms: dict[str, Alarm]
) -> None:
    assert config.canary is not None
    real = {channel: alarms[f"Statline real {channel} canary is lost"] for channel in config.canary.real_every_minutes}
    assert real
    assert {severity(monitoring, alarm) for alarm in real.values()} == {"ticket"}
    # Of one a minute most must be lost; where the next one comes in an hour, the first is enough.
    assert real[Channel.PUSH]["Threshold"] == 2 * (config.canary.real_every_minutes[Channel.PUSH] == 1)
    rows = canary_alarms(tuple(Channel), real_every_minutes={Channel.VOICE: 1440}, region=config.region)
    assert [(row.name, row.threshold) for row in rows if " real " in row.name] == [
        ("Statline real voice canary is lost", 0)
    ]
