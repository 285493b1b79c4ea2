"""What the function that cleans up after backups may do: to what carries the workflow's tag, and far copies."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from functions.core.domain.backup.record import EXECUTION_TAG, SNAPSHOT_PREFIX
from infra.constructs.backup.arns import copy_arns, executions_arn, rds_arn, restored_arns, snapshot_arns
from infra.constructs.backup.far_copies import copies_alias
from infra.constructs.backup.rights import USE_OF_KEY, never_the_primary, use_of_keys_by_rds

_OURS = {"Null": {f"aws:ResourceTag/{EXECUTION_TAG}": "false"}}
"""Whatever the workflow has not made lacks its tag."""


def upkeep_rights(
    scope: IConstruct, *, primary: str, key: str, far_region: str | None
) -> Sequence[iam.PolicyStatement]:
    """The function's statements on AWS itself. key: that encrypts the copies."""
    return (
        _allow("SeeWhichExecutionsRun", ["states:DescribeExecution"], [executions_arn(scope)]),
        # A list can be asked for whole only.
        _allow("LookAtInstances", ["rds:DescribeDBInstances"], [rds_arn(scope, "db", "*")]),
        _allow("LookAtSnapshots", ["rds:DescribeDBSnapshots"], _listed(scope, None)),
        _allow("LookAtExportsAndCancelThem", ["rds:DescribeExportTasks", "rds:CancelExportTask"], ["*"]),
        _of_ours("DropRestoredCopies", "rds:DeleteDBInstance", restored_arns(scope)),
        _of_ours("DeleteSnapshots", "rds:DeleteDBSnapshot", snapshot_arns(scope)),
        *never_the_primary(scope, primary),
        *(_far_rights(scope, far_region, key) if far_region else ()),
    )


def _far_rights(scope: IConstruct, region: str, key: str) -> Sequence[iam.PolicyStatement]:
    stack = Stack.of(scope)
    far_copies = copy_arns(scope, region=region)
    far_keys = stack.format_arn(service="kms", region=region, resource="key", resource_name="*")
    return (
        _allow("CopyFar", ["rds:CopyDBSnapshot"], [copy_arns(scope), far_copies]),
        _allow("TagFarCopies", ["rds:AddTagsToResource"], [far_copies]),
        _allow("LookAtFarCopies", ["rds:DescribeDBSnapshots"], _listed(scope, region)),
        _of_ours(
            "DeleteFarCopies", "rds:DeleteDBSnapshot", rds_arn(scope, "snapshot", f"{SNAPSHOT_PREFIX}*", region=region)
        ),
        use_of_keys_by_rds(scope, [key]),
        iam.PolicyStatement(
            sid="EncryptFarCopies",
            actions=USE_OF_KEY,
            # The key is named by its alias: no template may refer to what another region's has made.
            resources=[far_keys],
            conditions={
                "StringEquals": {"kms:ViaService": f"rds.{region}.amazonaws.com"},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": copies_alias(stack.region)},
            },
        ),
    )


def _listed(scope: IConstruct, region: str | None) -> list[str]:
    return [rds_arn(scope, kind, "*", region=region) for kind in ("snapshot", "db")]


def _of_ours(sid: str, action: str, resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=[action], resources=[resource], conditions=_OURS)


def _allow(sid: str, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources)
