"""What the backup workflow may do: to the replica, to what it makes itself, and to the primary nothing."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from functions.core.adapters.telemetry.embedded_metrics import NAMESPACE
from functions.core.domain.backup.record import ROLE_TAG
from infra.config.database import Role
from infra.constructs.backup.arns import executions_arn, instance_arn, rds_arn, restored_arns, snapshot_arns
from infra.constructs.database.surroundings import DatabaseSurroundings

_BURDENS = [
    "rds:CreateDBSnapshot",
    "rds:CreateDBInstanceReadReplica",
    "rds:RestoreDBInstanceToPointInTime",
    "rds:DeleteDBInstance",
    "backup:StartBackupJob",
]
"""What would burden a primary, or end it."""
USE_OF_KEY = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:RetireGrant",
]
"""What RDS asks its caller for where it encrypts a copy, restores one or exports one (API_StartExportTask has all)."""


def workflow_rights(
    scope: IConstruct, *, surroundings: DatabaseSurroundings, keys: Sequence[str], export_role: iam.IRole
) -> Sequence[iam.PolicyStatement]:
    """The state machine's statements on AWS itself. keys: that encrypt the replica and the copies, by their ARNs."""
    replica, snapshots = instance_arn(scope, surroundings.replica), snapshot_arns(scope)
    restored = restored_arns(scope)
    return (
        _allow("LookAtTheReplicaAndAtRestoredCopies", ["rds:DescribeDBInstances"], [replica, restored]),
        _allow("SnapshotTheReplica", ["rds:CreateDBSnapshot"], [replica, snapshots]),
        _allow("LookAtSnapshots", ["rds:DescribeDBSnapshots"], [replica, snapshots]),
        _allow("CopyAndDeleteItsSnapshots", ["rds:CopyDBSnapshot", "rds:DeleteDBSnapshot"], [snapshots]),
        _allow(
            "RestoreItsCopies",
            ["rds:RestoreDBInstanceFromDBSnapshot"],
            [
                snapshots,
                restored,
                rds_arn(scope, "subgrp", surroundings.restore_subnet_group),
                # RDS's own, which every instance has that names none.
                rds_arn(scope, "og", "default:*"),
                rds_arn(scope, "pg", "default.*"),
            ],
        ),
        _allow("DropWhatItRestored", ["rds:DeleteDBInstance"], [restored]),
        _allow("TagWhatItMakes", ["rds:AddTagsToResource"], [snapshots, restored]),
        _allow("ExportItsCopies", ["rds:StartExportTask"], [snapshots]),
        _allow("LookAtExportsAndCancelThem", ["rds:DescribeExportTasks", "rds:CancelExportTask"], ["*"]),
        iam.PolicyStatement(
            sid="HandTheExportItsRole",
            actions=["iam:PassRole"],
            resources=[export_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}},
        ),
        # CloudWatch has no narrower scope for either: composite alarms are described to "*" only.
        _allow("ReadFiguresAndAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], ["*"]),
        iam.PolicyStatement(
            sid="SayHowItWent",
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        ),
        _allow("SeeWhoseTurnItIs", ["states:DescribeExecution"], [executions_arn(scope)]),
        use_of_keys_by_rds(scope, keys),
        *never_the_primary(scope, surroundings.primary),
    )


def use_of_keys_by_rds(scope: IConstruct, keys: Sequence[str], *, sid: str = "EncryptByRds") -> iam.PolicyStatement:
    """RDS acts in its caller's name when it encrypts: the caller needs the keys, and through RDS only."""
    return iam.PolicyStatement(
        sid=sid,
        actions=USE_OF_KEY,
        resources=list(keys),
        conditions={"StringEquals": {"kms:ViaService": f"rds.{Stack.of(scope).region}.amazonaws.com"}},
    )


def never_the_primary(scope: IConstruct, primary: str) -> Sequence[iam.PolicyStatement]:
    """By name and by tag, so that a right which somebody adds to the role later does not open the way."""
    return (
        iam.PolicyStatement(
            sid="NeverThePrimary",
            effect=iam.Effect.DENY,
            actions=_BURDENS,
            resources=[instance_arn(scope, primary)],
        ),
        iam.PolicyStatement(
            sid="NeverWhatIsTaggedPrimary",
            effect=iam.Effect.DENY,
            actions=_BURDENS,
            resources=["*"],
            conditions={"StringEquals": {f"aws:ResourceTag/{ROLE_TAG}": Role.PRIMARY.value}},
        ),
    )


def _allow(sid: str, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources)
