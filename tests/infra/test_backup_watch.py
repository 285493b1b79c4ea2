"""The detector as it is deployed: what wakes it, what it may see, and the alarms on what it says."""

from collections.abc import Mapping
from typing import Any

import pytest

from functions.backup_watch.calls import CALLS
from functions.backup_watch.events import DetailType
from functions.backup_watch.insights import DIMENSIONS
from functions.backup_watch.settings import BackupWatchSettings
from functions.backup_watch.window import BackupWindow
from functions.core.adapters.environment import read_settings
from infra.config.model import RegionConfig
from infra.constructs.backup.watch import DIMENSIONS as ALLOWED_DIMENSIONS
from infra.constructs.backup.watch import HEARD, NO_CALL, NO_DATABASE_NAMED
from infra.guard.ways import WAYS
from tests.infra.templates import Template, as_list

_NAME = "statline-backup-watch"


@pytest.fixture
def backup(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Backup"]


def _rules(backup: Template) -> dict[str, dict[str, Any]]:
    return {
        rule["Name"].removeprefix(f"{_NAME}-"): rule
        for rule in backup.properties("AWS::Events::Rule")
        if rule.get("Name", "").startswith(_NAME)
    }


def _statements(backup: Template) -> list[dict[str, Any]]:
    function = backup.named("AWS::Lambda::Function", _NAME)["Properties"]
    return backup.statements(function["Role"]["Fn::GetAtt"][0])


def test_its_environment_is_its_settings(backup: Template, config: RegionConfig) -> None:
    variables = backup.named("AWS::Lambda::Function", _NAME)["Properties"]["Environment"]["Variables"]
    environment = {name: backup.name_of(value) for name, value in variables.items()}
    assert set(environment) == {field.upper() for field in BackupWatchSettings.model_fields}
    settings = read_settings(BackupWatchSettings, environment)
    assert config.database is not None
    assert settings.primary == config.database.primary.identifier
    assert settings.runbook.endswith("/backup-on-primary.md")
    BackupWindow.parse(settings.backup_window)


def test_it_is_in_no_network(backup: Template) -> None:
    assert "VpcConfig" not in backup.named("AWS::Lambda::Function", _NAME)["Properties"]


def test_it_looks_every_minute(backup: Template) -> None:
    assert _rules(backup)["clock"]["ScheduleExpression"] == "rate(1 minute)"


def test_it_hears_every_call_of_the_guards_table_that_is_one(backup: Template) -> None:
    pattern = _rules(backup)["calls"]["EventPattern"]
    assert {way.action for way in HEARD} == {way.action for way in WAYS} - NO_CALL - NO_DATABASE_NAMED
    of_the_table = {way.action.split(":")[1] for way in HEARD}
    assert set(pattern["detail"]["eventName"]) == of_the_table == set(CALLS)
    assert pattern["detail-type"] == [DetailType.CALL]
    assert set(pattern["source"]) == {f"aws.{way.action.split(':')[0]}" for way in HEARD}


def test_it_is_woken_by_rds_when_a_snapshot_or_a_backup_of_the_primary_begins(
    backup: Template, config: RegionConfig
) -> None:
    rules = _rules(backup)
    assert rules["snapshots"]["EventPattern"]["detail-type"] == [DetailType.SNAPSHOT]
    assert rules["backups"]["EventPattern"]["detail-type"] == [DetailType.INSTANCE]
    assert config.database is not None
    assert rules["backups"]["EventPattern"]["detail"]["SourceIdentifier"] == [config.database.primary.identifier]


def test_it_may_ask_for_the_loads_names_and_not_for_statements_as_they_ran(backup: Template) -> None:
    (statement,) = (each for each in _statements(backup) if "pi:DescribeDimensionKeys" in as_list(each["Action"]))
    assert statement["Condition"] == {"ForAllValues:StringEquals": {"pi:Dimensions": list(ALLOWED_DIMENSIONS)}}
    assert set(ALLOWED_DIMENSIONS) == set(DIMENSIONS)
    assert not any(name.startswith("db.sql.") for name in ALLOWED_DIMENSIONS)


def test_it_changes_nothing_in_rds_and_signs_in_nowhere(backup: Template) -> None:
    actions = {
        action
        for statement in _statements(backup)
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
    }
    assert {action for action in actions if action.startswith("rds")} == {
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshots",
    }


def test_one_look_at_a_time_so_that_one_finding_is_one_letter(backup: Template) -> None:
    assert backup.named("AWS::Lambda::Function", _NAME)["Properties"]["ReservedConcurrentExecutions"] == 1


def test_a_backup_on_the_primary_pages_and_a_blind_detector_is_a_ticket(
    backup: Template, templates: Mapping[str, Template], region: str
) -> None:
    monitoring = templates[f"Statline-{region}-Monitoring"]
    found = [*monitoring.properties("AWS::CloudWatch::Alarm"), *backup.properties("AWS::CloudWatch::Alarm")]
    alarms = {alarm.get("AlarmName", ""): alarm for alarm in found}
    page, ticket = alarms["Statline backup on the primary"], alarms["Statline cannot see backups on the primary"]
    assert (page["MetricName"], page["Statistic"], page["Threshold"]) == ("BackupOnPrimary", "Maximum", 0)
    assert (page["Period"], page["EvaluationPeriods"]) == (60, 1)
    assert "page" in str(page["AlarmActions"]).lower()
    assert (ticket["Statistic"], ticket["TreatMissingData"]) == ("SampleCount", "breaching")
    assert "ticket" in str(ticket["AlarmActions"]).lower()
