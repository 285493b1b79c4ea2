"""The database is private, has a standby and says which instance is which; what cannot work is refused in one line."""

import shutil
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


def test_the_network_has_no_way_in_and_no_way_out_but_to_dynamodb_and_s3(database: Template) -> None:
    for kind in ("InternetGateway", "NatGateway", "Route", "VPCPeeringConnection"):
        assert not database.resources(f"AWS::EC2::{kind}"), kind
    endpoints = database.properties("AWS::EC2::VPCEndpoint")
    assert {endpoint["ServiceName"].split(".")[-1] for endpoint in map(_with_service, endpoints)} == {"dynamodb", "s3"}
    assert {endpoint["VpcEndpointType"] for endpoint in endpoints} == {"Gateway"}
    assert not any(subnet.get("MapPublicIpOnLaunch") for subnet in database.properties("AWS::EC2::Subnet"))


def _with_service(endpoint: dict[str, Any]) -> dict[str, Any]:
    name = endpoint["ServiceName"]
    return {**endpoint, "ServiceName": name if isinstance(name, str) else str(name["Fn::Join"][1][-1])}


def test_nobody_elses_tables_and_buckets_are_reached_from_the_network(
    database: Template, created: RegionConfig
) -> None:
    account = created.account.id
    for endpoint in database.properties("AWS::EC2::VPCEndpoint"):
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
        }
        assert not [action for action in statement["Action"] if "*" in action or "Delete" in action]


def _rules(database: Template, direction: str) -> set[tuple[str, str, int]]:
    """Every rule that names a group: whose it is, which it lets in or goes to, and the port."""
    other = {"Ingress": "SourceSecurityGroupId", "Egress": "DestinationSecurityGroupId"}[direction]
    return {
        (_group(rule["GroupId"]), _group(rule[other]), rule["FromPort"])
        for rule in database.properties(f"AWS::EC2::SecurityGroup{direction}")
    }


def _group(reference: Any) -> str:
    """A group's logical id without its hash; one that is watched as it is."""
    return reference if isinstance(reference, str) else str(reference["Fn::GetAtt"][0][:-8])


def test_only_readers_come_to_the_replica_and_to_restored_copies_and_nobody_to_the_primary(database: Template) -> None:
    assert _rules(database, "Ingress") == {
        ("NetworkReplica", "Readers", 5432),
        ("ReadersRestored", "Readers", 5432),
    }
    for group in database.properties("AWS::EC2::SecurityGroup"):
        assert "SecurityGroupIngress" not in group
    in_groups = {
        role: [_group(group) for group in _instance(database, role)["Properties"]["VPCSecurityGroups"]]
        for role in ("primary", "replica")
    }
    assert in_groups == {"primary": ["NetworkPrimary"], "replica": ["NetworkReplica"]}


@pytest.mark.parametrize("region", [_CREATED, _WATCHED])
def test_readers_go_to_the_replica_to_restored_copies_and_to_the_gateway_endpoints(
    templates: Mapping[str, Template], region: str
) -> None:
    database = templates[f"Statline-{region}-Database"]
    replica = {_CREATED: "NetworkReplica", _WATCHED: "sg-0a1b2c3d4e5f60718"}[region]
    assert _rules(database, "Egress") == {("Readers", replica, 5432), ("Readers", "ReadersRestored", 5432)}
    open_rules = {
        logical_id[:-8]: [(rule["CidrIp"], rule["FromPort"]) for rule in group["Properties"]["SecurityGroupEgress"]]
        for logical_id, group in database.resources("AWS::EC2::SecurityGroup").items()
    }
    nowhere = [("255.255.255.255/32", 252)]
    assert open_rules.pop("Readers") == [("0.0.0.0/0", 443)]
    assert all(rules == nowhere for rules in open_rules.values()), open_rules


@pytest.mark.parametrize("region", [_CREATED, _WATCHED])
def test_backups_are_restored_into_a_subnet_group_of_their_own_in_subnets_without_a_way_out(
    templates: Mapping[str, Template], deployment: Deployment, region: str
) -> None:
    database = templates[f"Statline-{region}-Database"]
    (group,) = (
        found
        for found in database.properties("AWS::RDS::DBSubnetGroup")
        if found.get("DBSubnetGroupName") == "statline-verify"
    )
    (config,) = (found.database for found in deployment.regions if found.region == region)
    assert config is not None
    if config.watch is not None:
        assert group["SubnetIds"] == list(config.watch.network.subnets)
    else:
        assert {subnet["Ref"] for subnet in group["SubnetIds"]} == set(database.resources("AWS::EC2::Subnet"))


def test_the_database_on_the_instance_is_the_one_that_functions_are_told_of(
    database: Template, created: RegionConfig
) -> None:
    assert created.database is not None
    assert _instance(database, "primary")["Properties"]["DBName"] == created.database.name


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


def test_of_a_database_that_is_watched_nothing_is_made_but_the_readers_place(templates: Mapping[str, Template]) -> None:
    assert not any(template.resources(_INSTANCE) for name, template in templates.items() if _WATCHED in name)
    made = templates[f"Statline-{_WATCHED}-Database"].body["Resources"].values()
    assert {resource["Type"] for resource in made} == {
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::RDS::DBSubnetGroup",
    }


def test_the_watched_replicas_group_gets_exactly_one_rule(
    templates: Mapping[str, Template], deployment: Deployment
) -> None:
    database = templates[f"Statline-{_WATCHED}-Database"]
    (config,) = (found.database for found in deployment.regions if found.region == _WATCHED)
    assert config is not None
    assert config.watch is not None
    group = config.watch.network.security_group
    assert [rule for rule in _rules(database, "Ingress") if rule[0] == group] == [(group, "Readers", config.watch.port)]


def _refusal(tmp_path: Path, region: int, change: Mapping[str, Any]) -> list[str]:
    """What reading the example says when one thing of a region's database is changed. Values replace by dotted path."""
    content = yaml.safe_load((FOLDER / "example.yaml").read_text())
    for path, value in change.items():
        place = content["regions"][region]["database"]
        *parents, last = path.split(".")
        for parent in parents:
            place = place[parent]
        place[last] = value
    shutil.copytree(FOLDER / "certificates", tmp_path / "certificates")
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


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("replica_host", "clinical.cexample1234.ca-central-1.rds.amazonaws.com"),
        ("storage_key", "arn:aws:kms:ca-central-1:111122223333:key/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"),
    ],
)
def test_what_else_names_a_region_names_this_one(tmp_path: Path, field: str, value: str) -> None:
    (fault,) = _refusal(tmp_path, 1, {f"watch.{field}": value})
    assert f"database.watch.{field}: ca-central-1 is in CA, us-east-1 is in US: data would leave" in fault


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


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("us-east-1", "us-east-1 is in US, ca-central-1 is in CA: data would leave"),
        ("eu-west-9", "eu-west-9 is not a region that Statline knows"),
        ("ca-central-1", "ca-central-1 is where the database is; a copy there would be lost with it"),
    ],
)
def test_a_backup_target_outside_the_country_or_in_the_same_region_is_refused(
    tmp_path: Path, region: str, words: str
) -> None:
    (fault,) = _refusal(tmp_path, 0, {"backup.copy_to": {"region": region}})
    assert f"regions[0].database.backup.copy_to.region: {words}" in fault


def test_a_database_without_certificate_authorities_is_refused_in_production(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 1, {"trust": None})
    assert "database.trust is unset in us-east-1; in production the replica is read over TLS" in fault


def test_certificate_authorities_that_are_not_there_are_refused(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 0, {"trust": "certificates/nowhere.pem"})
    assert "regions[0].database.trust: there is no file config/certificates/nowhere.pem" in fault


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("# nothing yet\n")
    (fault,) = _refusal(tmp_path, 1, {"trust": "empty.pem"})
    assert "regions[1].database.trust: config/empty.pem holds no certificate" in fault


@pytest.mark.parametrize("field", ["network", "replica_host", "backup_window"])
def test_a_watched_database_says_where_it_is(tmp_path: Path, field: str) -> None:
    content = yaml.safe_load((FOLDER / "example.yaml").read_text())
    watch = content["regions"][1]["database"]["watch"]
    without = {name: value for name, value in watch.items() if name != field}
    (fault,) = _refusal(tmp_path, 1, {"watch": without})
    assert f"regions[1].database.watch.{field}: Field required" in fault


def test_zones_of_a_watched_network_in_another_region_are_refused(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 1, {"watch.network.availability_zones": ["us-west-2a", "us-east-1b"]})
    assert "database.watch.network.availability_zones: us-west-2a is not in us-east-1" in fault


def test_subnets_whose_zones_are_not_said_are_refused(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 1, {"watch.network.subnets": ["subnet-0a1b2c3d", "subnet-1b2c3d4e", "subnet-2c"]})
    assert "3 subnets and 2 availability_zones" in fault


def test_tenants_whose_home_is_elsewhere_are_refused(tmp_path: Path) -> None:
    (fault,) = _refusal(tmp_path, 0, {"directory.tenants": ["northshore", "harborview"]})
    assert "regions[0].database.directory.tenants: harborview has no home in ca-central-1" in fault


def test_two_checks_of_one_name_are_refused(tmp_path: Path) -> None:
    check = {"name": "rows", "sql": "SELECT 1", "must_be": "at_least", "value": 1}
    (fault,) = _refusal(tmp_path, 0, {"backup.checks": [check, check]})
    assert "checks: rows is there twice" in fault
