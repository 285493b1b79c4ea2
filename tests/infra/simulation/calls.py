"""What the simulator is asked: every way of the table, on a database that is known as the primary in either way."""

from collections.abc import Iterator, Mapping

from functions.core.domain.backup.record import ROLE_TAG
from infra.config.database import Role
from infra.config.model import RegionConfig
from infra.guard.ways import TAGGING, WAYS, Kind, Way
from tests.infra.simulation.simulator import Request

PRIMARY_TAG = {f"aws:ResourceTag/{ROLE_TAG}": Role.PRIMARY.value}
REPLICA_TAG = {f"aws:ResourceTag/{ROLE_TAG}": Role.REPLICA.value}
ACCOUNT = "111122223333"
CLOUDFORMATION = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-ca-central-1"

# Where a request names the database in a parameter, or not at all, IAM sees this resource instead; or none. (The
# simulator takes DMS's resources letter by letter, as AWS's reference writes them.)
_INSTEAD: Mapping[str, str | None] = {
    "backup:StartBackupJob": "backup-vault:Default",
    "backup:CreateBackupSelection": "backup-plan:0f1e2d3c",
    "backup:UpdateBackupPlan": "backup-plan:0f1e2d3c",
    "backup:UpdateRegionSettings": None,
    "dms:StartReplicationTask": "task:*",
    "dms:StartReplication": "replication-config:*",
    "dms:StartDataMigration": "data-migration:*",
    "dms:ReloadTables": "task:*",
    "dms:ReloadReplicationTables": "replication-config:*",
}


def primary_of(config: RegionConfig) -> str:
    """The identifier of a region's primary."""
    assert config.database is not None
    return config.database.primary.identifier


def replica_of(config: RegionConfig) -> str:
    """The identifier of a region's replica."""
    assert config.database is not None
    return config.database.replica.identifier


def on(kind: Kind, name: str, config: RegionConfig) -> str:
    """The ARN of an instance or a cluster."""
    return f"arn:aws:rds:{config.region}:{config.account.id}:{kind}:{name}"


def every_way(config: RegionConfig) -> Iterator[Request]:
    """Each way, on the primary that has the config's name and no tag, and on one that has another name and the tag."""
    for way in WAYS:
        yield from _by_name(way, config)
        yield from _by_tag(way, config)
    for action in TAGGING:
        for kind in Kind:
            for key in (ROLE_TAG, ROLE_TAG.upper()):
                context: dict[str, str | list[str]] = {"aws:TagKeys": ["team", key]}
                yield Request(action, on(kind, replica_of(config), config), context)
                yield Request(action, on(kind, "anybodys", config), context)


def _by_name(way: Way, config: RegionConfig) -> Iterator[Request]:
    for kind in way.on:
        yield Request(way.action, on(kind, primary_of(config), config))
    if not way.on:
        service, instead = way.action.partition(":")[0], _INSTEAD[way.action]
        resource = f"arn:aws:{service}:{config.region}:{config.account.id}:{instead}"
        yield Request(way.action, resource if instead else "*")


def _by_tag(way: Way, config: RegionConfig) -> Iterator[Request]:
    elsewhere = f"arn:aws:rds:eu-west-1:{config.account.id}"
    for kind in way.on:
        for value in ("primary", "Primary"):
            context: dict[str, str | list[str]] = {f"aws:ResourceTag/{ROLE_TAG}": value}
            yield Request(way.action, on(kind, "renamed", config), context)
            yield Request(way.action, f"{elsewhere}:{kind}:another", context)
