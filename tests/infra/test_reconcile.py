"""The reconcile stands in the database's network, reads the replica as its own user, and tells the directory's age."""

from collections.abc import Mapping
from typing import Any

import pytest

from functions.core.adapters.environment import read_settings
from functions.core.adapters.telemetry.embedded_metrics import NAMESPACE, Metric
from functions.reconcile.settings import ReconcileSettings
from infra.config.capacity import BESIDE_DATABASE
from infra.config.database import DatabaseConfig, DirectorySource
from infra.config.model import Deployment, RegionConfig
from tests.infra.conftest import Synthesize
from tests.infra.templates import Template, as_list, imports, read_templates

_FUNCTION = "statline-reconcile"


@pytest.fixture
def reconcile(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Reconcile"]


@pytest.fixture
def database(config: RegionConfig) -> DatabaseConfig:
    assert config.database is not None
    return config.database


@pytest.fixture
def source(database: DatabaseConfig) -> DirectorySource:
    assert database.directory is not None
    return database.directory


def _function(reconcile: Template) -> dict[str, Any]:
    found: dict[str, Any] = reconcile.named("AWS::Lambda::Function", _FUNCTION)["Properties"]
    return found


def _statements(reconcile: Template) -> list[dict[str, Any]]:
    return reconcile.statements(_function(reconcile)["Role"]["Fn::GetAtt"][0])


def test_its_environment_is_its_settings_and_nothing_else(
    reconcile: Template, config: RegionConfig, database: DatabaseConfig, source: DirectorySource
) -> None:
    variables = _function(reconcile)["Environment"]["Variables"]
    assert set(variables) == {field.upper() for field in ReconcileSettings.model_fields}
    settings = read_settings(ReconcileSettings, {name: reconcile.name_of(value) for name, value in variables.items()})
    assert settings.directory_table == "statline-directory"
    assert set(settings.tenants) == config.tenants
    assert settings.most_deletions_percent == source.most_deletions_percent
    replica = settings.replica
    assert (replica.name, replica.user, replica.port) == (database.name, source.user, 5432)
    assert replica.trust == "/opt/trust/rds.pem"


def test_it_is_told_the_replicas_address_and_never_the_primarys(reconcile: Template, database: DatabaseConfig) -> None:
    told = _function(reconcile)["Environment"]["Variables"]["REPLICA"]
    if database.watch is not None:
        assert f'"host":"{database.watch.replica_host}"' in told
        return
    exported = [reconcile.exports[name][1]["Fn::GetAtt"] for name in imports(told)]
    assert {(logical_id[:-8], attribute) for logical_id, attribute in exported} == {
        ("DatabaseReplica", "Endpoint.Address"),
        ("DatabaseReplica", "Endpoint.Port"),
    }


def test_the_certificate_authorities_come_with_it(reconcile: Template) -> None:
    layers = reconcile.resources("AWS::Lambda::LayerVersion")
    carried = {layers[layer["Ref"]]["Properties"]["Description"] for layer in _function(reconcile)["Layers"]}
    assert any("certificate authorities" in description for description in carried)
    assert any("psycopg" in description for description in carried)
    assert not any("pg_dump" in description or "firebase" in description for description in carried)


def test_it_stands_among_the_readers_and_runs_once_at_a_time(
    reconcile: Template, templates: Mapping[str, Template], region: str
) -> None:
    function = _function(reconcile)
    assert function["ReservedConcurrentExecutions"] == 1
    (group,) = function["VpcConfig"]["SecurityGroupIds"]
    exporter, exported = reconcile.exports[group["Fn::ImportValue"]]
    assert exporter is templates[f"Statline-{region}-Database"]
    assert exported["Fn::GetAtt"][0].startswith("Readers")
    assert len(function["VpcConfig"]["SubnetIds"]) >= 2


def test_it_may_sign_in_to_the_replica_as_its_user_and_to_nothing_as_anybody_else(
    reconcile: Template, database: DatabaseConfig, source: DirectorySource
) -> None:
    signing = [s for s in _statements(reconcile) if "rds-db:connect" in as_list(s["Action"])]
    allowed = [_named(reconcile, r) for s in signing if s["Effect"] == "Allow" for r in as_list(s["Resource"])]
    denied = [_named(reconcile, r) for s in signing if s["Effect"] == "Deny" for r in as_list(s["Resource"])]
    replica, primary = "DatabaseReplica.DbiResourceId", "DatabasePrimary.DbiResourceId"
    if database.watch is not None:
        replica, primary = database.watch.replica.resource, database.watch.primary.resource
    assert [arn.split(":dbuser:")[1] for arn in allowed] == [f"{replica}/{source.user}"]
    assert [arn.split(":dbuser:")[1] for arn in denied] == [f"{primary}/*"]


def _named(template: Template, value: Any) -> str:
    """A text with references to attributes of another stack's resources as ``<logical id>.<attribute>``."""
    if isinstance(value, str):
        return value
    if "Fn::ImportValue" in value:
        logical_id, attribute = template.exports[value["Fn::ImportValue"]][1]["Fn::GetAtt"]
        return f"{logical_id[:-8]}.{attribute}"
    if "Fn::Join" in value:
        return "".join(_named(template, part) for part in value["Fn::Join"][1])
    return str(value["Ref"])


def test_it_may_touch_nothing_besides_but_the_directory_and_can_delete_nothing(reconcile: Template) -> None:
    actions = {action for s in _statements(reconcile) for action in as_list(s["Action"]) if s["Effect"] == "Allow"}
    services = {action.split(":")[0] for action in actions}
    assert services == {"logs", "ec2", "rds-db", "dynamodb", "kms"}
    assert {action for action in actions if action.startswith("ec2:")} <= {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    }
    assert not [action for action in actions if action.startswith("dynamodb:") and "Delete" in action]
    tables = {
        reconcile.name_of(resource)
        for s in _statements(reconcile)
        if "dynamodb:UpdateItem" in as_list(s["Action"])
        for resource in as_list(s["Resource"])
    }
    assert tables == {"statline-directory"}


def test_it_starts_by_the_clock_and_a_start_that_fails_is_left_to_the_next(
    reconcile: Template, source: DirectorySource
) -> None:
    (rule,) = reconcile.properties("AWS::Events::Rule")
    assert rule["ScheduleExpression"] == f"rate({source.every_minutes} minutes)"
    (target,) = rule["Targets"]
    assert target["Arn"]["Ref"] in reconcile.resources("AWS::Lambda::Alias")
    (invoke,) = reconcile.properties("AWS::Lambda::EventInvokeConfig")
    assert invoke["MaximumRetryAttempts"] == target["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert 60 <= invoke["MaximumEventAgeInSeconds"] <= 21_600


def _alarms(reconcile: Template) -> dict[str, dict[str, Any]]:
    return {
        alarm["AlarmName"]: alarm for alarm in reconcile.properties("AWS::CloudWatch::Alarm") if "AlarmName" in alarm
    }


def test_an_old_directory_and_a_reconcile_that_says_nothing_both_wake_somebody(
    reconcile: Template, config: RegionConfig, source: DirectorySource
) -> None:
    alarm = _alarms(reconcile)["Statline directory is old"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (NAMESPACE, Metric.DIRECTORY_AGE)
    assert alarm["Dimensions"] == [{"Name": "Region", "Value": config.region}]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Threshold"] == source.every_minutes * 60 + 600
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (source.every_minutes * 60, 3)
    (action,) = alarm["AlarmActions"]
    assert reconcile.exports[action["Fn::ImportValue"]][1]["Ref"].startswith("OnCallPage")


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("Statline directory deletions are held back", Metric.DIRECTORY_DELETIONS_HELD_BACK),
        ("Statline directory rows are refused", Metric.DIRECTORY_ROWS_REFUSED),
        ("Statline directory rows disagree", Metric.DIRECTORY_ROWS_DISAGREEING),
    ],
)
def test_what_the_reconcile_would_not_take_over_is_a_ticket(reconcile: Template, name: str, metric: Metric) -> None:
    alarm = _alarms(reconcile)[name]
    assert (alarm["MetricName"], alarm["Threshold"]) == (metric, 0)
    (action,) = alarm["AlarmActions"]
    assert reconcile.exports[action["Fn::ImportValue"]][1]["Ref"].startswith("OnCallTicket")


@pytest.mark.parametrize("minutes", [1, 360])
def test_the_shortest_and_the_longest_period_are_ones_that_aws_takes(
    synthesize: Synthesize, deployment: Deployment, minutes: int
) -> None:
    first = deployment.regions[0]
    assert first.database is not None
    source = DirectorySource(every_minutes=minutes)
    region = first.model_copy(update={"database": first.database.model_copy(update={"directory": source})})
    found = read_templates(synthesize(deployment.model_copy(update={"regions": (region,)})))
    template = found["Statline-ca-central-1-Reconcile"]
    (rule,) = template.properties("AWS::Events::Rule")
    assert rule["ScheduleExpression"] == ("rate(1 minute)" if minutes == 1 else "rate(6 hours)")
    (invoke,) = template.properties("AWS::Lambda::EventInvokeConfig")
    assert 60 <= invoke["MaximumEventAgeInSeconds"] <= 21_600
    for alarm in _alarms(template).values():
        seconds = alarm["Period"] * alarm["EvaluationPeriods"]
        assert seconds <= (7 if alarm["Period"] >= 3600 else 1) * 86_400


def test_a_database_whose_directory_is_not_read_has_no_reconcile(
    synthesize: Synthesize, deployment: Deployment
) -> None:
    first = deployment.regions[0]
    assert first.database is not None
    region = first.model_copy(update={"database": first.database.model_copy(update={"directory": None})})
    found = read_templates(synthesize(deployment.model_copy(update={"regions": (region,)})))
    assert "Statline-ca-central-1-Database" in found
    assert "Statline-ca-central-1-Reconcile" not in found


def test_what_the_functions_beside_delivery_reserve_is_kept_for_them(
    templates: Mapping[str, Template], config: RegionConfig
) -> None:
    beside = [
        function.get("ReservedConcurrentExecutions", 0)
        for name, template in templates.items()
        if name.startswith(f"Statline-{config.region}-") and not name.endswith("-Delivery")
        for function in template.properties("AWS::Lambda::Function")
    ]
    assert beside
    assert sum(beside) <= BESIDE_DATABASE <= config.capacity.others
