"""What the backup workflow makes and touches, as IAM names it."""

from aws_cdk import ArnFormat, Stack
from constructs import IConstruct

from functions.core.domain.backup.record import COPY_SUFFIX, RESTORED_PREFIX, SNAPSHOT_PREFIX

MACHINE = "statline-backup"
"""The state machine's name."""


def machine_arn(scope: IConstruct) -> str:
    """Written out: the machine's role and functions cannot refer to the machine, which refers to them."""
    return _arn(scope, "states", "stateMachine", MACHINE)


def executions_arn(scope: IConstruct) -> str:
    """Every execution of the machine."""
    return _arn(scope, "states", "execution", f"{MACHINE}:*")


def instance_arn(scope: IConstruct, identifier: str) -> str:
    """One DB instance."""
    return rds_arn(scope, "db", identifier)


def restored_arns(scope: IConstruct) -> str:
    """Every instance that a backup is restored to."""
    return rds_arn(scope, "db", f"{RESTORED_PREFIX}*")


def snapshot_arns(scope: IConstruct) -> str:
    """Every snapshot and copy of the workflow."""
    return rds_arn(scope, "snapshot", f"{SNAPSHOT_PREFIX}*")


def copy_arns(scope: IConstruct, *, region: str | None = None) -> str:
    """Every copy of the workflow, here or in the region for copies."""
    return rds_arn(scope, "snapshot", f"{SNAPSHOT_PREFIX}*{COPY_SUFFIX}", region=region)


def rds_arn(scope: IConstruct, kind: str, name: str, *, region: str | None = None) -> str:
    """One resource of RDS, or all whose names match."""
    return _arn(scope, "rds", kind, name, region=region)


def _arn(scope: IConstruct, service: str, kind: str, name: str, *, region: str | None = None) -> str:
    return Stack.of(scope).format_arn(
        service=service,
        region=region,
        resource=kind,
        resource_name=name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
