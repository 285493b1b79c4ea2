"""The backup stack: what it keeps and how safe it is kept, when it starts, what follows a killed run, who hears."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from functions.backup_checks.settings import BackupChecksSettings
from functions.backup_dump.settings import BackupDumpSettings
from functions.backup_upkeep.settings import BackupUpkeepSettings
from functions.core.adapters.environment import Settings, read_settings
from functions.core.domain.backup.record import BackupOutcome
from infra.config.model import Deployment, RegionConfig
from infra.constructs.backup.machine.definition import backup_definition
from tests.infra.backup.machine import NAMES, states_of
from tests.infra.templates import Template, as_list

_SETTINGS: Mapping[str, type[Settings]] = {
    "checks": BackupChecksSettings,
    "dump": BackupDumpSettings,
    "upkeep": BackupUpkeepSettings,
}


@pytest.fixture
def backup(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Backup"]


def _joined(template: Template, text: Any) -> str:
    """A text of a template, with a word for each reference in it."""
    pieces = text["Fn::Join"][1] if isinstance(text, dict) else [text]
    return "".join(piece if isinstance(piece, str) else template.name_of(piece) for piece in pieces)


def _machine(backup: Template) -> dict[str, Any]:
    (machine,) = backup.properties("AWS::StepFunctions::StateMachine")
    definition: dict[str, Any] = json.loads(_joined(backup, machine["DefinitionString"]))
    return definition


def test_the_deployed_machine_is_this_workflow_over_the_configs_instances(
    backup: Template, config: RegionConfig
) -> None:
    assert config.database is not None
    states = _machine(backup)["States"]
    far = config.database.backup.copy_to
    assert set(states) == {
        name for name in states_of() if far is not None or not ("FarCopy" in name or "FarTrouble" in name)
    }
    assert states["StartSnapshot"]["Arguments"]["DbInstanceIdentifier"] == config.database.replica.identifier
    assert states["ReadAlarms"]["Arguments"]["AlarmNames"] == list(NAMES.alarms)
    assert states["OpenRecord"]["Arguments"]["TableName"] == "statline-backups"


def test_a_restored_copy_is_made_where_only_readers_come_in(backup: Template) -> None:
    arguments = _machine(backup)["States"]["Restore"]["Arguments"]
    assert arguments["DbSubnetGroupName"] == "statline-verify" or "Restores" in arguments["DbSubnetGroupName"]
    (group,) = arguments["VpcSecurityGroupIds"]
    assert "Restored" in group
    assert arguments["PubliclyAccessible"] is arguments["MultiAZ"] is arguments["DeletionProtection"] is False
    assert arguments["EnableIAMDatabaseAuthentication"] is True


def test_the_machines_log_holds_no_text_of_people(backup: Template) -> None:
    (machine,) = backup.properties("AWS::StepFunctions::StateMachine")
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_the_schedule_starts_the_same_machine_in_the_configs_time_zone(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    (schedule,) = backup.properties("AWS::Scheduler::Schedule")
    (machine,) = backup.resources("AWS::StepFunctions::StateMachine")
    assert schedule["Target"]["Arn"] == {"Ref": machine}
    assert json.loads(schedule["Target"]["Input"])["kind"] == "snapshot"
    assert schedule["ScheduleExpression"] == config.database.backup.schedule
    assert schedule["ScheduleExpressionTimezone"] == config.database.backup.time_zone


def test_a_run_that_ends_badly_or_is_killed_is_cleaned_up_behind_and_again_by_the_clock(backup: Template) -> None:
    rules = {rule["Name"]: rule for rule in backup.properties("AWS::Events::Rule")}
    ended = rules["statline-backup-ended"]["EventPattern"]
    assert ended["detail-type"] == ["Step Functions Execution Status Change"]
    assert set(ended["detail"]["status"]) == {"ABORTED", "FAILED", "TIMED_OUT"}
    (machine,) = backup.resources("AWS::StepFunctions::StateMachine")
    assert ended["detail"]["stateMachineArn"] == [{"Ref": machine}]
    assert rules["statline-backup-upkeep"]["ScheduleExpression"] == "rate(15 minutes)"
    for name in ("statline-backup-ended", "statline-backup-upkeep"):
        (target,) = rules[name]["Targets"]
        assert json.loads(target["Input"])["operation"] == "clean"
        (alias,) = (
            key
            for key, found in backup.resources("AWS::Lambda::Alias").items()
            if backup.name_of(found["Properties"]["FunctionName"]) == "statline-backup-upkeep"
        )
        assert target["Arn"] == {"Ref": alias}


def test_the_records_are_restorable_and_stay_when_a_production_stack_goes(backup: Template) -> None:
    table = backup.named("AWS::DynamoDB::Table", "statline-backups")
    properties = table["Properties"]
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["SSESpecification"]["SSEType"] == "KMS"
    for kind in ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket"):
        for resource in backup.resources(kind).values():
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def _bucket(backup: Template) -> dict[str, Any]:
    (found,) = (b for b in backup.properties("AWS::S3::Bucket") if "ObjectLockEnabled" in b)
    return found


def test_exports_and_dumps_are_locked_for_the_configs_days_and_gone_the_day_after(
    backup: Template, config: RegionConfig
) -> None:
    assert config.database is not None
    days = config.database.backup.dump_days
    bucket = _bucket(backup)
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": "COMPLIANCE", "Days": days}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) == (days + 1, 1)
    assert rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1


def test_the_buckets_are_versioned_encrypted_closed_and_spoken_to_by_tls_only(backup: Template) -> None:
    closed = {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    buckets = backup.resources("AWS::S3::Bucket")
    for properties in backup.properties("AWS::S3::Bucket"):
        assert properties["PublicAccessBlockConfiguration"] == closed
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert "BucketEncryption" in properties
    guarded = {
        policy["Bucket"]["Ref"]
        for policy in backup.properties("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Action"] == "s3:*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert guarded == set(buckets)


def test_who_has_read_a_dump_is_logged_where_no_lock_is(backup: Template) -> None:
    logs = backup.resources("AWS::S3::Bucket")[_bucket(backup)["LoggingConfiguration"]["DestinationBucketName"]["Ref"]]
    assert "ObjectLockEnabled" not in logs["Properties"]


def test_copies_exports_and_dumps_have_a_key_of_their_own(backup: Template) -> None:
    (key,) = backup.resources("AWS::KMS::Key")
    (properties,) = backup.properties("AWS::KMS::Key")
    assert properties["EnableKeyRotation"] is True
    encryption = _bucket(backup)["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == {"Fn::GetAtt": [key, "Arn"]}
    states = _machine(backup)["States"]
    assert states["StartCopy"]["Arguments"]["KmsKeyId"] == states["StartExport"]["Arguments"]["KmsKeyId"] == key


def test_what_speaks_postgresql_is_in_the_databases_network_and_what_calls_rds_is_not(backup: Template) -> None:
    placed = {f["FunctionName"]: "VpcConfig" in f for f in backup.properties("AWS::Lambda::Function")}
    assert placed["statline-backup-checks"] is placed["statline-backup-dump"] is True
    assert placed["statline-backup-upkeep"] is False


@pytest.mark.parametrize("name", _SETTINGS)
def test_a_functions_environment_is_its_settings_and_nothing_else(backup: Template, name: str) -> None:
    function = backup.named("AWS::Lambda::Function", f"statline-backup-{name}")["Properties"]
    variables = {key: backup.name_of(value) for key, value in function["Environment"]["Variables"].items()}
    assert set(variables) == {field.upper() for field in _SETTINGS[name].model_fields}
    # The port is a reference until it is deployed.
    deployed = {key: re.sub(r'"port":"[^"]*"', '"port":5432', text) for key, text in variables.items()}
    read_settings(_SETTINGS[name], deployed)


def _alarms(backup: Template) -> dict[str, dict[str, Any]]:
    return {alarm["AlarmName"]: alarm for alarm in backup.properties("AWS::CloudWatch::Alarm") if "AlarmName" in alarm}


def test_a_verified_backup_that_is_too_old_and_one_that_nobody_knows_of_are_both_said(
    backup: Template, config: RegionConfig
) -> None:
    assert config.database is not None
    missing = _alarms(backup)["Statline has no recent backup"]
    assert (missing["Namespace"], missing["MetricName"]) == ("Statline", "VerifiedBackupAgeHours")
    assert missing["Dimensions"] == [{"Name": "Region", "Value": config.region}]
    assert missing["Threshold"] == config.database.backup.at_least_every_hours
    assert missing["ComparisonOperator"] == "GreaterThanThreshold"
    assert missing["TreatMissingData"] == "breaching"


def test_a_backup_that_ended_badly_is_said_and_one_that_was_halted_is_said_as_that(
    backup: Template, config: RegionConfig
) -> None:
    alarms = _alarms(backup)
    unfinished = alarms["Statline backup did not finish"]
    counted = {m["MetricStat"]["Metric"]["MetricName"] for m in unfinished["Metrics"] if "MetricStat" in m}
    assert counted == {
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
        f"Backup{BackupOutcome.HALTED}",
        f"Backup{BackupOutcome.CANCELLED}",
    }
    assert unfinished["TreatMissingData"] == "notBreaching"
    halted = alarms["Statline backup was halted"]
    assert halted["MetricName"] == "BackupHalted"
    for alarm in (unfinished, halted):
        assert "backup-" in alarm["AlarmDescription"]
        assert alarm["Threshold"] == 0


def test_the_figures_that_alarms_count_are_those_that_the_workflow_puts(backup: Template, config: RegionConfig) -> None:
    put = _machine(backup)["States"]["PutFigures"]["Arguments"]
    assert put["Namespace"] == "Statline"
    assert "'Backup' & $outcome" in put["MetricData"]
    assert f"'Region', 'Value': '{config.region}'" in put["MetricData"]


def test_the_key_for_far_copies_is_all_that_is_deployed_in_the_second_region(
    templates: Mapping[str, Template], deployment: Deployment
) -> None:
    far = [region for region in deployment.regions if region.database and region.database.backup.copy_to]
    assert far
    for region in far:
        copies = templates[f"Statline-{region.region}-BackupCopies"]
        kinds = {resource["Type"] for resource in copies.body["Resources"].values()} - {"AWS::CDK::Metadata"}
        assert kinds == {"AWS::KMS::Key", "AWS::KMS::Alias"}
        (alias,) = copies.properties("AWS::KMS::Alias")
        assert alias["AliasName"] == f"alias/statline-backup-copies-{region.region}"
        assert not copies.body.get("Outputs")
        (key,) = copies.resources("AWS::KMS::Key").values()
        assert key["DeletionPolicy"] == "Retain"


def test_upkeep_is_told_of_the_second_region_where_config_names_one(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    upkeep = backup.named("AWS::Lambda::Function", "statline-backup-upkeep")["Properties"]
    told = json.loads(upkeep["Environment"]["Variables"]["FAR_COPIES"])
    copies = config.database.backup.copy_to
    expected = {"region": copies.region, "key": f"alias/statline-backup-copies-{config.region}"} if copies else None
    assert told == expected


def test_the_net_above_a_run_is_longer_than_all_it_waits_for(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    assert _machine(backup)["TimeoutSeconds"] > 6 * config.database.backup.longest_minutes * 60
    assert backup_definition(NAMES)["TimeoutSeconds"] > 6 * NAMES.longest_minutes * 60


def test_only_rds_can_take_the_role_that_writes_exports(backup: Template, config: RegionConfig) -> None:
    (role,) = (p for key, p in _roles(backup).items() if "Exporter" in key)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert as_list(trust["Principal"]["Service"]) == ["export.rds.amazonaws.com"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": config.account.id}}


def _roles(backup: Template) -> dict[str, dict[str, Any]]:
    return {key: role["Properties"] for key, role in backup.resources("AWS::IAM::Role").items()}
