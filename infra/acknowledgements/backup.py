"""What stands in the backup stack."""

from collections.abc import Iterator

from infra.acknowledgements.model import Acknowledgement
from infra.config.database import BackupConfig
from infra.config.model import RegionConfig
from infra.constructs.backup_states import SNAPSHOT_PREFIX

_POLICY = "Backup/Role/DefaultPolicy/Resource"
_OWN_POLICY = (
    "The policy is this one role's and nobody else's: inline, it can be attached to nothing else and goes with it."
)


def backup_acknowledgements(config: RegionConfig, backup: BackupConfig) -> Iterator[Acknowledgement]:
    """The rows of a region's backup workflow."""
    snapshots = f"arn:<AWS::Partition>:rds:{config.region}:{config.account.id}:snapshot:{SNAPSHOT_PREFIX}*"
    yield Acknowledgement(
        _POLICY,
        f"AwsSolutions-IAM5[Resource::{snapshots}]",
        "A snapshot's name holds the moment when it was started, so it cannot be named before. The prefix is the"
        " workflow's own, and what may be snapshotted is named: the replica.",
    )
    yield Acknowledgement(
        _POLICY,
        "AwsSolutions-IAM5[Resource::*]",
        "Four that know no resource: to describe composite alarms, to read metrics, to have the execution's log"
        " delivered and to put a trace. None of them reads or changes data. What is denied is denied everywhere.",
    )
    yield Acknowledgement(_POLICY, "HIPAA.Security-IAMNoInlinePolicy", _OWN_POLICY)
    if backup.schedule is not None:
        yield Acknowledgement("Backup/Starter/DefaultPolicy/Resource", "HIPAA.Security-IAMNoInlinePolicy", _OWN_POLICY)
