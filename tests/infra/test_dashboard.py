"""The dashboard answers in the order in which on-call asks: what is felt, where it waits, why."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.config.model import RegionConfig
from infra.constructs.dashboard.region import FELT, WAITS, WHY
from statline.contract.words import Channel, Priority
from tests.infra.alarms import composites_of
from tests.infra.simulation.resolving import Resolver
from tests.infra.templates import Template

Widget = dict[str, Any]


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


@pytest.fixture
def widgets(monitoring: Template, config: RegionConfig) -> list[Widget]:
    """As they stand, from the top."""
    (dashboard,) = monitoring.properties("AWS::CloudWatch::Dashboard")
    body = Resolver(monitoring, config.region, config.account.id).resolve(dashboard["DashboardBody"])
    found: list[Widget] = json.loads(str(body))["widgets"]
    return sorted(found, key=lambda widget: (widget["y"], widget["x"]))


def _figures(widget: Widget) -> set[str]:
    """The names of what a graph shows, those that its formulas use among them."""
    metrics = widget["properties"].get("metrics", ())
    return {metric[1] for metric in metrics if isinstance(metric[0], str)}


def _below(widgets: list[Widget], heading: str) -> list[set[str]]:
    """What the graphs of a section show, from the top."""
    found: list[set[str]] = []
    inside = False
    for widget in widgets:
        if widget["type"] == "text":
            inside = widget["properties"]["markdown"] == f"## {heading}"
        elif inside:
            found.append(_figures(widget))
    return found


def test_what_is_felt_stands_above_where_it_waits_and_that_above_why(widgets: list[Widget]) -> None:
    headings = [widget["properties"]["markdown"] for widget in widgets if widget["type"] == "text"]
    assert headings == [f"## {FELT}", f"## {WAITS}", f"## {WHY}"]


def test_the_states_of_the_composite_alarms_stand_on_top(widgets: list[Widget], monitoring: Template) -> None:
    top = widgets[0]
    assert top["type"] == "alarm"
    assert len(top["properties"]["alarms"]) == len(composites_of(monitoring))


def test_clinicians_feel_seconds_to_a_provider_what_waits_and_canaries(widgets: list[Widget]) -> None:
    assert _below(widgets, FELT) == [
        *[{"AcceptedSeconds"}] * len(Priority),
        *[{"OldestOutstandingSeconds"}] * len(Priority),
        {"CanaryArrived"},
        {"CanarySeconds"},
        {"StepLateSeconds"},
        {"LaddersOverdue", "LaddersExhausted"},
    ]


def test_it_waits_in_queues(widgets: list[Widget]) -> None:
    assert _below(widgets, WAITS) == [
        *[{"ApproximateAgeOfOldestMessage"}] * len(Priority),
        {"RoutedSeconds"},
        {"ApproximateNumberOfMessagesVisible"},
        {"ApproximateAgeOfOldestMessage"},
        {"ApproximateAgeOfOldestMessage"},
        *[{"ApproximateNumberOfMessagesVisible"}] * 2,
    ]


def test_providers_and_functions_explain_before_the_database_does(widgets: list[Widget]) -> None:
    why = _below(widgets, WHY)
    order = [
        next(row for row, figures in enumerate(why) if wanted in figures)
        for wanted in (
            "ProviderUnknown",
            "Errors",
            "Throttles",
            "ReceiptsLate",
            "ReadIOPS",
            "DBLoad",
            "BackupOnPrimary",
        )
    ]
    assert order == sorted(order)


def test_every_lane_and_channel_is_in_each_of_its_graphs(widgets: list[Widget]) -> None:
    for figure in ("AcceptedSeconds", "OldestOutstandingSeconds", "CanaryArrived"):
        shown = {
            (metric[metric.index("Lane") + 1], metric[metric.index("Channel") + 1])
            for widget in widgets
            for metric in widget["properties"].get("metrics", ())
            if figure in metric
        }
        assert shown == {(lane.value, channel.value) for lane in Priority for channel in Channel}
