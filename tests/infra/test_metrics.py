"""An alarm on a metric that nobody publishes is silent, or speaks for ever: each is held to the code that publishes."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functions.core.adapters.telemetry.embedded_metrics import MEASURES, NAMESPACE, Dimension, Metric
from functions.core.domain.backup.record import BackupOutcome
from infra.assets.build import ROOT
from infra.config.model import RegionConfig
from statline.contract.words import Channel, Priority
from tests.infra.alarms import alarms_of
from tests.infra.simulation.resolving import Resolver
from tests.infra.templates import Template

Published = tuple[str, frozenset[str]]
"""A metric's name and the names of its dimensions, which together are what CloudWatch knows it by."""

_REGION = frozenset({"Region"})
_FIGURE = re.compile(r"'MetricName': (?:'(?P<begin>\w+)' & \$outcome|'(?P<name>\w+)')")
_GRAPHED = re.compile(rf'"{NAMESPACE}","(\w+)",((?:"\w+","[\w-]+",?)+)')
_DIMENSION = re.compile(r'"(\w+)","([\w-]+)"')


def _code() -> Iterator[ast.AST]:
    """Everything that the functions' code consists of, but where the metrics are defined."""
    defined = ROOT / "functions" / "core" / "adapters" / "telemetry" / "embedded_metrics.py"
    for path in sorted((ROOT / "functions").rglob("*.py")):
        if path != defined:
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _metric_of(node: ast.AST) -> Metric | None:
    named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Metric"
    return Metric[node.attr] if named and isinstance(node, ast.Attribute) else None


def _put() -> set[Metric]:
    """The metrics that the functions' code names: nothing but to put them is there to do with a metric."""
    return {metric for node in _code() if (metric := _metric_of(node)) is not None}


def _written_into_logs() -> Iterator[Published]:
    for metric in _put():
        yield metric.value, _REGION | {dimension.value for dimension in MEASURES[metric].about}


def _puts() -> Iterator[tuple[set[str], set[Metric]]]:
    """Each call of `EmbeddedMetrics.put` whose metrics stand in it: what it is about, and they."""
    for node in _code():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "put":
            metrics = {m for argument in node.args for inner in ast.walk(argument) if (m := _metric_of(inner))}
            if metrics:
                yield {(keyword.arg or "").capitalize() for keyword in node.keywords}, metrics


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
        for alarm in alarms_of(template):
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


def test_every_alarm_on_a_figure_of_ours_is_about_something_that_is_there(
    templates: Mapping[str, Template], region: str
) -> None:
    known: Mapping[str, set[str]] = {
        "Region": {region},
        Dimension.LANE.value: {lane.value for lane in Priority},
        Dimension.CHANNEL.value: {channel.value for channel in Channel},
        Dimension.PROVIDER.value: _providers(),
    }
    for metric in _watched(templates, region):
        for dimension in metric["Dimensions"]:
            assert dimension["Value"] in known[dimension["Name"]], metric


def _providers() -> set[str]:
    """The names that the channels' providers have for themselves."""
    return {
        str(node.value.value)
        for node in _code()
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == "name"
    }


def test_an_alarm_that_looks_more_often_than_once_a_minute_looks_at_what_is_kept_by_the_second(
    templates: Mapping[str, Template], region: str
) -> None:
    fine = {metric.value for metric, measure in MEASURES.items() if measure.fine}
    often = [
        alarm
        for template in _stacks(templates, region)
        for alarm in alarms_of(template)
        if any(period < 60 for period in _periods(alarm))
    ]
    assert often
    for alarm in often:
        assert {(m["Namespace"], m["MetricName"] in fine) for m in _metrics_of(alarm)} == {(NAMESPACE, True)}


def _periods(alarm: Mapping[str, Any]) -> set[int]:
    queries = [each["MetricStat"]["Period"] for each in alarm.get("Metrics", ()) if "MetricStat" in each]
    return set(queries or [alarm["Period"]])


def test_every_graph_of_a_figure_of_ours_is_of_one_that_is_published(
    templates: Mapping[str, Template], published: set[Published], config: RegionConfig
) -> None:
    graphed = set[Published]()
    for template in _stacks(templates, config.region):
        resolver = Resolver(template, config.region, config.account.id)
        for dashboard in template.properties("AWS::CloudWatch::Dashboard"):
            for name, dimensions in _GRAPHED.findall(str(resolver.resolve(dashboard["DashboardBody"]))):
                found = dict(_DIMENSION.findall(dimensions))
                assert found["Region"] == config.region
                graphed.add((name, frozenset(found)))
    assert len(graphed) > 10
    assert graphed - published == set()


def test_what_is_put_is_put_about_just_what_it_is_measured_about() -> None:
    puts = list(_puts())
    assert len(puts) > 5
    for about, metrics in puts:
        for metric in metrics:
            assert about == {dimension.value for dimension in MEASURES[metric].about}, metric


def test_every_figure_that_the_code_knows_is_published(published: set[Published]) -> None:
    names = {name for name, _ in published}
    assert {metric for metric in Metric if metric.value not in names} == set()


def test_no_figure_is_about_a_person() -> None:
    assert {dimension for measure in MEASURES.values() for dimension in measure.about} == set(Dimension)
    assert {dimension.value for dimension in Dimension} == {"Lane", "Channel", "Provider", "Kind"}
