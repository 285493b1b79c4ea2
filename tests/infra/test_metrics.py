"""An alarm on a metric that nobody publishes is silent, or speaks for ever: each is held to the code that publishes."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functions.core.adapters.embedded_metrics import NAMESPACE, Metric
from functions.core.domain.backup import BackupOutcome
from infra.assets.build import ROOT
from infra.config.model import RegionConfig
from tests.infra.simulation.resolving import Resolver
from tests.infra.templates import Template

Published = tuple[str, frozenset[str]]
"""A metric's name and the names of its dimensions, which together are what CloudWatch knows it by."""

_REGION = frozenset({"Region"})
_FIGURE = re.compile(r"'MetricName': (?:'(?P<begin>\w+)' & \$outcome|'(?P<name>\w+)')")
_GRAPHED = re.compile(rf'"{NAMESPACE}","(\w+)",((?:"\w+","[\w-]+",?)+)')


def _written_into_logs() -> Iterator[Published]:
    """What functions put, read from their code: each key of what is given to `EmbeddedMetrics.put`."""
    for path in sorted((ROOT / "functions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "put":
                of_kind = {"Kind"} if any(keyword.arg == "kind" for keyword in node.keywords) else set()
                for name in _metrics_among(node.args):
                    yield Metric[name].value, _REGION | of_kind


def _metrics_among(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        for key in argument.keys if isinstance(argument, ast.Dict) else ():
            if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id == "Metric":
                yield key.attr


def _put_by_the_workflow(backup: Template, config: RegionConfig) -> Iterator[Published]:
    (machine,) = backup.properties("AWS::StepFunctions::StateMachine")
    definition = str(Resolver(backup, config.region, config.account.id).resolve(machine["DefinitionString"]))
    for found in _FIGURE.finditer(definition):
        if found["name"]:
            yield found["name"], _REGION
        else:
            yield from ((f"{found['begin']}{outcome}", _REGION) for outcome in BackupOutcome)


def _stacks(templates: Mapping[str, Template], region: str) -> list[Template]:
    return [template for name, template in templates.items() if name.startswith(f"Statline-{region}-")]


@pytest.fixture
def published(templates: Mapping[str, Template], config: RegionConfig) -> set[Published]:
    backup = templates[f"Statline-{config.region}-Backup"]
    return {*_written_into_logs(), *_put_by_the_workflow(backup, config)}


def _metrics_of(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    stated = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ()) if "MetricStat" in each]
    return stated or [alarm]


def _watched(templates: Mapping[str, Template], region: str) -> Iterator[Mapping[str, Any]]:
    for template in _stacks(templates, region):
        for alarm in template.properties("AWS::CloudWatch::Alarm"):
            yield from (metric for metric in _metrics_of(alarm) if metric["Namespace"] == NAMESPACE)


def test_every_alarm_on_a_figure_of_ours_is_on_one_that_is_published(
    templates: Mapping[str, Template], published: set[Published], region: str
) -> None:
    watched = {
        (metric["MetricName"], frozenset(dimension["Name"] for dimension in metric["Dimensions"]))
        for metric in _watched(templates, region)
    }
    assert watched
    assert watched - published == set()


def test_every_alarm_on_a_figure_of_ours_is_on_its_own_regions(templates: Mapping[str, Template], region: str) -> None:
    regions = {
        dimension["Value"]
        for metric in _watched(templates, region)
        for dimension in metric["Dimensions"]
        if dimension["Name"] == "Region"
    }
    assert regions == {region}


def test_every_graph_of_a_figure_of_ours_is_of_one_that_is_published(
    templates: Mapping[str, Template], published: set[Published], config: RegionConfig
) -> None:
    graphed = set[Published]()
    for template in _stacks(templates, config.region):
        resolver = Resolver(template, config.region, config.account.id)
        for dashboard in template.properties("AWS::CloudWatch::Dashboard"):
            for name, dimensions in _GRAPHED.findall(str(resolver.resolve(dashboard["DashboardBody"]))):
                graphed.add((name, frozenset(re.findall(r'"(\w+)","[\w-]+"', dimensions))))
    assert graphed
    assert graphed - published == set()


def test_every_figure_that_the_code_knows_is_published(published: set[Published]) -> None:
    assert {name for name, _ in published} >= {metric.value for metric in Metric}
