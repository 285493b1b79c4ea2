"""Which calls that CloudTrail records ask for a backup of the primary, and by whom."""

from datetime import UTC, datetime

import pytest

from functions.backup_watch.calls import CALLS, observe_call
from functions.backup_watch.finding import Level, Observation, Source
from functions.backup_watch.snapshots import snapshot_key
from tests.fakes.backup_watch import a_call

_ARN = "arn:aws:rds:ca-central-1:111122223333:db:the-primary"
_PLAN: dict[str, object] = {"backupSelection": {"selectionName": "all", "resources": ["arn:aws:ec2:x", _ARN]}}

_ASKING: list[tuple[str, dict[str, object]]] = [
    ("CreateDBSnapshot", {"dBInstanceIdentifier": "the-primary", "dBSnapshotIdentifier": "s"}),
    ("CreateDBClusterSnapshot", {"dBClusterIdentifier": "the-primary", "dBClusterSnapshotIdentifier": "s"}),
    ("CreateDBInstanceReadReplica", {"sourceDBInstanceIdentifier": _ARN, "dBInstanceIdentifier": "new"}),
    ("CreateDBInstanceReadReplica", {"sourceDBClusterIdentifier": "the-primary"}),
    ("CreateDBCluster", {"replicationSourceIdentifier": _ARN}),
    ("CreateGlobalCluster", {"sourceDBClusterIdentifier": "arn:aws:rds:ca-central-1:1:cluster:the-primary"}),
    ("CreateBlueGreenDeployment", {"source": _ARN}),
    ("CreateIntegration", {"sourceArn": _ARN}),
    ("StartExportTask", {"sourceArn": "arn:aws:rds:ca-central-1:1:cluster:the-primary"}),
    ("StartDBInstanceAutomatedBackupsReplication", {"sourceDBInstanceArn": _ARN}),
    ("StopDBInstance", {"dBInstanceIdentifier": "the-primary", "dBSnapshotIdentifier": "s"}),
    ("DeleteDBInstance", {"dBInstanceIdentifier": "the-primary", "finalDBSnapshotIdentifier": "s"}),
    ("DeleteDBCluster", {"dBClusterIdentifier": "the-primary", "finalDBSnapshotIdentifier": "s"}),
    ("AddRoleToDBInstance", {"dBInstanceIdentifier": "the-primary", "roleArn": "arn:aws:iam::1:role/x"}),
    ("AddRoleToDBCluster", {"dBClusterIdentifier": "the-primary"}),
    ("AddTagsToResource", {"resourceName": _ARN, "tags": [{"key": "backup", "value": "daily"}]}),
    ("RemoveTagsFromResource", {"resourceName": _ARN, "tagKeys": ["statline:database-role"]}),
    ("StartBackupJob", {"resourceArn": _ARN, "backupVaultName": "Default"}),
    ("CreateBackupSelection", _PLAN),
    ("CreateBackupSelection", {"backupSelection": {"resources": ["arn:aws:rds:*:*:db:*"]}}),
    ("CreateBackupSelection", {"backupSelection": {"resources": ["*"]}}),
    ("CreateDBSnapshot", {"dBInstanceIdentifier": "The-PRIMARY", "dBSnapshotIdentifier": "s"}),
]


def heard(name: str, parameters: dict[str, object], **fields: object) -> Observation | None:
    return observe_call(a_call(name, parameters, **fields), primary="the-primary")


@pytest.mark.parametrize(("name", "parameters"), _ASKING)
def test_a_call_for_a_backup_of_the_primary_is_heard_with_its_author(name: str, parameters: dict[str, object]) -> None:
    found = heard(name, parameters)
    assert found is not None
    assert found.who == "arn:aws:sts::111122223333:assumed-role/dba/kim"
    assert found.since == datetime(2026, 1, 10, 11, 59, tzinfo=UTC)
    assert name in found.what


def test_every_call_of_the_table_is_tried_here() -> None:
    assert {name for name, _ in _ASKING} == set(CALLS)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("CreateDBSnapshot", {"dBInstanceIdentifier": "the-replica", "dBSnapshotIdentifier": "the-primary"}),
        ("CreateDBSnapshot", {"dBInstanceIdentifier": "the-primary-2"}),
        (
            "CreateDBInstanceReadReplica",
            {"sourceDBInstanceIdentifier": "another", "dBInstanceIdentifier": "the-primary"},
        ),
        ("StartExportTask", {"sourceArn": "arn:aws:rds:ca-central-1:1:snapshot:of-the-primary"}),
        ("StopDBInstance", {"dBInstanceIdentifier": "the-primary"}),
        ("DeleteDBInstance", {"dBInstanceIdentifier": "the-primary", "skipFinalSnapshot": True}),
        ("ModifyDBInstance", {"dBInstanceIdentifier": "the-primary"}),
        ("CreateBackupSelection", {"backupSelection": {"resources": ["arn:aws:dynamodb:x:1:table/orders"]}}),
        ("CreateBackupSelection", {"backupSelection": {"resources": ["arn:aws:s3:::*"]}}),
        ("CreateDBSnapshot", None),
    ],
)
def test_a_call_about_something_else_is_not(name: str, parameters: dict[str, object] | None) -> None:
    assert heard(name, parameters or {}) is None


def test_a_call_that_was_refused_made_no_backup() -> None:
    name, parameters = _ASKING[0]
    assert heard(name, parameters, errorCode="AccessDenied") is None


def test_the_snapshot_that_a_call_makes_is_the_one_in_rdss_list() -> None:
    found = heard(*_ASKING[0])
    assert found is not None
    assert (found.key, found.source) == (snapshot_key("s"), Source.SNAPSHOTS)


def test_what_only_prepares_a_backup_waits_until_the_morning() -> None:
    levels = {name: observed.level for name, parameters in _ASKING if (observed := heard(name, parameters))}
    assert {name for name, level in levels.items() if level is Level.TICKET} == {
        "AddRoleToDBCluster",
        "AddRoleToDBInstance",
        "AddTagsToResource",
        "CreateBackupSelection",
        "RemoveTagsFromResource",
        "StartDBInstanceAutomatedBackupsReplication",
    }


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        ({"type": "IAMUser", "arn": "arn:aws:iam::1:user/kim"}, "arn:aws:iam::1:user/kim"),
        (
            {"arn": "arn:aws:sts::1:assumed-role/AWSBackupDefaultServiceRole/x", "invokedBy": "backup.amazonaws.com"},
            "arn:aws:sts::1:assumed-role/AWSBackupDefaultServiceRole/x through backup.amazonaws.com",
        ),
        ({"type": "AWSService", "invokedBy": "backup.amazonaws.com"}, "backup.amazonaws.com"),
        ({"type": "Unknown"}, "Unknown"),
        (None, ""),
    ],
)
def test_the_author_is_whom_cloudtrail_names(identity: object, who: str) -> None:
    found = heard(*_ASKING[0], userIdentity=identity)
    assert found is not None
    assert found.who == who
