"""The database is private, has a standby and says which instance is which; what cannot work is refused in one line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.config.model import Deployment, RegionConfig
from infra.config.reader import FOLDER, ConfigError, read_deployment
from tests.infra.templates import Template

_CREATED, _WATCHED = "ca-central-1", "us-east-1"
_INSTANCE = "AWS::RDS::DBInstance"


@pytest.fixture
def database(templates: Mapping[str, Template]) -> Template:
    return templates[f"Statline-{_CREATED}-Database"]


@pytest.fixture
def created(deployment: Deployment) -> RegionConfig:
    return next(region for region in deployment.regions if region.region == _CREATED)


def _instance(database: Template, role: str) -> dict[str, Any]:
    (found,) = (
        instance
        for instance in database.resources(_INSTANCE).values()
        if {"Key": "statline:database-role", "Value": role} in instance["Properties"]["Tags"]
    )
    return found


def test_the_primary_has_a_standby_its_own_key_and_the_iops_that_the_alarm_counts_with(
    database: Template, created: RegionConfig
) -> None:
    assert created.database is not None
    primary = _instance(database, "primary")["Properties"]
    assert primary["MultiAZ"] is True
    assert primary["StorageEncrypted"] is True
    assert primary["KmsKeyId"]["Fn::GetAtt"][0] in database.resources("AWS::KMS::Key")
    assert (primary["StorageType"], primary["Iops"]) == ("gp3", created.database.primary.iops)
    assert primary["DBInstanceIdentifier"] == created.database.primary.identifier


def test_the_replica_is_of_the_primary_in_the_same_region_and_takes_its_encryption_from_it(database: Template) -> None:
    (primary,) = (
        key for key, found in database.resources(_INSTANCE).items() if "MasterUsername" in found["Properties"]
    )
    replica = _instance(database, "replica")["Properties"]
    source = replica["SourceDBInstanceIdentifier"]["Fn::Join"][1]
    assert source[-1] == {"Ref": primary}
    assert f":rds:{_CREATED}:" in source[-2]
    # RDS refuses them where a source is named in the same region.
    assert not {"KmsKeyId", "StorageEncrypted", "MasterUsername", "EngineVersion"} & set(replica)


@pytest.mark.parametrize("role", ["primary", "replica"])
def test_an_instance_is_private_observed_and_protected_in_production(database: Template, role: str) -> None:
    instance = _instance(database, role)
    properties = instance["Properties"]
    assert properties["PubliclyAccessible"] is False
    assert properties["DeletionProtection"] is True
    assert properties["EnableIAMDatabaseAuthentication"] is True
    assert properties["EnablePerformanceInsights"] is True
    assert properties["MonitoringInterval"] > 0
    assert "postgresql" in properties["EnableCloudwatchLogsExports"]
    assert instance["DeletionPolicy"] == instance["UpdateReplacePolicy"] == "Retain"


def test_no_stack_that_goes_takes_a_snapshot_of_the_primary(database: Template) -> None:
    policies = {found["DeletionPolicy"] for found in database.resources(_INSTANCE).values()}
    assert "Snapshot" not in policies


def test_automated_backups_run_in_a_declared_window(database: Template, created: RegionConfig) -> None:
    assert created.database is not None
    assert created.database.create is not None
    primary = _instance(database, "primary")["Properties"]
    assert primary["BackupRetentionPeriod"] == created.database.create.backup_days > 0
    assert primary["PreferredBackupWindow"] == created.database.create.backup_window


def test_the_network_has_no_way_in_and_no_way_out(database: Template) -> None:
    for kind in ("InternetGateway", "NatGateway", "Route", "VPCEndpoint", "VPCPeeringConnection"):
        assert not database.resources(f"AWS::EC2::{kind}"), kind
    assert not database.resources("AWS::EC2::SecurityGroupIngress")
    (group,) = database.properties("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert not any(subnet.get("MapPublicIpOnLaunch") for subnet in database.properties("AWS::EC2::Subnet"))


def test_the_server_takes_tls_only_and_writes_no_statements_text_into_its_log(database: Template) -> None:
    (group,) = database.properties("AWS::RDS::DBParameterGroup")
    parameters = group["Parameters"]
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["log_min_duration_statement"] == "-1"
    assert parameters["log_min_error_statement"] == "panic"
    assert parameters["log_error_verbosity"] == "terse"
    assert parameters["log_statement"] in {"none", "ddl"}


def test_every_log_of_the_database_is_encrypted_and_ends(database: Template) -> None:
    groups = database.properties("AWS::Logs::LogGroup")
    assert {f"/aws/rds/instance/statline-{role}/postgresql" for role in ("primary", "replica")} <= {
        group.get("LogGroupName") for group in groups
    }
    assert all(group["KmsKeyId"] and group["RetentionInDays"] for group in groups)


def test_no_password_stands_in_the_template(database: Template) -> None:
    password = _instance(database, "primary")["Properties"]["MasterUserPassword"]["Fn::Join"][1]
    assert password[0] == "{{resolve:secretsmanager:"


def test_synth_asks_no_account_for_its_zones(assembly: Path) -> None:
    assert '"missing"' not in (assembly / "manifest.json").read_text()


def test_a_database_that_is_watched_is_not_made(templates: Mapping[str, Template]) -> None:
    assert f"Statline-{_WATCHED}-Database" not in templates
    assert not any(template.resources(_INSTANCE) for name, template in templates.items() if _WATCHED in name)


def _refusal(tmp_path: Path, region: int, change: Mapping[str, Any]) -> list[str]:
    """What reading the example says when one thing of a region's database is changed. Values replace by dotted path."""
    content = yaml.safe_load((FOLDER / "example.yaml").read_text())
    for path, value in change.items():
        place = content["regions"][region]["database"]
        *parents, last = path.split(".")
        for parent in parents:
            place = place[parent]
        place[last] = value
    (tmp_path / "changed.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigError) as refused:
        read_deployment("changed", folder=tmp_path)
    return refused.value.faults


def test_a_single_az_primary_in_production_is_refused_in_one_line(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 0, {"create.multi_az": False})
    assert "multi_az is false in ca-central-1; a production primary needs its standby" in fault


def test_a_replica_in_another_country_is_refused_in_one_line(tmp_path: Path) -> None:
    abroad = "arn:aws:rds:ca-central-1:111122223333:db:clinical-reporting-replica"
    (fault,) = _refusal(tmp_path, 1, {"watch.replica.name": abroad})
    assert "database.watch.replica: ca-central-1 is in CA, us-east-1 is in US: data would leave" in fault


def test_a_replica_in_another_region_is_refused_in_one_line(tmp_path: Path) -> None:
    elsewhere = "arn:aws:rds:us-west-2:111122223333:db:clinical-reporting-replica"
    (fault,) = _refusal(tmp_path, 1, {"watch.replica.name": elsewhere})
    assert "database.watch.replica: it is in us-west-2" in fault


def test_a_replica_that_is_the_primary_is_refused(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 1, {"watch.replica.name": "clinical-primary"})
    assert "backups need an instance that is not the primary" in fault


def test_zones_of_another_region_are_refused(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 0, {"create.availability_zones": ["ca-central-1a", "us-east-1a"]})
    assert "us-east-1a is not in ca-central-1" in fault


@pytest.mark.parametrize(("gib", "iops"), [(100, 6000), (400, 3000), (400, 70_000)])
def test_iops_that_gp3_does_not_have_are_refused(tmp_path: Path, gib: int, iops: int) -> None:
    (fault,) = _refusal(tmp_path, 0, {"create.storage_gib": gib, "create.iops": iops})
    assert "iops: gp3" in fault
