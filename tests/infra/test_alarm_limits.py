"""What CloudWatch takes: an alarm beyond it fails the deployment, a dashboard beyond it is empty."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.config.model import RegionConfig
from tests.infra.alarms import alarms_of, children, composites_of, rule
from tests.infra.simulation.resolving import Resolver
from tests.infra.templates import Template

_MOST_CHILDREN = 100
_LONGEST_RULE = 10_240
_ARN = len("arn:aws-us-gov:cloudwatch:ap-northeast-1:111122223333:alarm:")
_MOST_METRICS_OF_AN_ALARM = 10
_PERIODS = {10, 20, 30}
_LONGEST_LOOK_BELOW_A_MINUTE = 24 * 3600
_LONGEST_LOOK = 7 * 24 * 3600
_MOST_METRICS_OF_A_GRAPH = 500
_MOST_METRICS_OF_A_DASHBOARD = 2500
_MOST_WIDGETS = 500
_LONGEST_DASHBOARD = 1_000_000
_LONGEST_NAME = 255


@pytest.fixture
def stacks(templates: Mapping[str, Template], region: str) -> list[Template]:
    return [template for name, template in templates.items() if name.startswith(f"Statline-{region}-")]


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


def test_there_are_no_more_parts_than_a_composite_takes_and_its_rule_is_no_longer(monitoring: Template) -> None:
    composites = composites_of(monitoring)
    assert composites
    for name, composite in composites.items():
        parts = children(monitoring, composite)
        assert 0 < len(parts) <= _MOST_CHILDREN, name
        assert len(rule(monitoring, composite)) + _ARN * len(parts) <= _LONGEST_RULE, name


def test_an_alarm_looks_at_no_more_metrics_and_no_longer_back_than_cloudwatch_lets_it(stacks: list[Template]) -> None:
    for alarm in (alarm for stack in stacks for alarm in alarms_of(stack)):
        queries = alarm.get("Metrics", ())
        periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query} or {alarm.get("Period")}
        (period,) = periods
        longest = _LONGEST_LOOK_BELOW_A_MINUTE if period < 60 else _LONGEST_LOOK
        assert period % 60 == 0 or period in _PERIODS, alarm["AlarmName"]
        assert alarm["EvaluationPeriods"] * period <= longest, alarm["AlarmName"]
        assert alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"]
        assert len(queries) <= _MOST_METRICS_OF_AN_ALARM, alarm["AlarmName"]
        assert len(alarm["AlarmName"]) <= _LONGEST_NAME


def test_no_two_alarms_of_a_region_have_one_name(stacks: list[Template]) -> None:
    names = [alarm["AlarmName"] for stack in stacks for alarm in alarms_of(stack)]
    names += [name for stack in stacks for name in composites_of(stack)]
    assert len(names) == len(set(names)) > 100


def test_the_dashboard_is_no_larger_than_cloudwatch_takes(monitoring: Template, config: RegionConfig) -> None:
    (dashboard,) = monitoring.properties("AWS::CloudWatch::Dashboard")
    body = str(Resolver(monitoring, config.region, config.account.id).resolve(dashboard["DashboardBody"]))
    assert len(body) <= _LONGEST_DASHBOARD
    widgets = json.loads(body)["widgets"]
    assert len(widgets) <= _MOST_WIDGETS
    graphed = [len(list(_metrics(widget))) for widget in widgets]
    assert max(graphed) <= _MOST_METRICS_OF_A_GRAPH
    assert sum(graphed) <= _MOST_METRICS_OF_A_DASHBOARD


def _metrics(widget: Mapping[str, Any]) -> Iterator[Any]:
    return iter(widget["properties"].get("metrics", ()))
