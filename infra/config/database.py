"""The database of a region, as config names it: created here, or watched where it already is; and its backups."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from functions.backup_checks.settings import SqlCheck
from infra.config.base import ConfigModel
from infra.config.regions import REGIONS

_BASELINE_IOPS = 3000
_STRIPED_FROM_GIB = 400
_STRIPED_IOPS = range(12_000, 64_001)
_HOURS_OF_A_WEEK = 168
_WINDOW = r"^[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d$"

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z](?:-?[a-z0-9]){0,62}$")]
InstanceName = Annotated[
    str,
    StringConstraints(pattern=r"^(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db:)?[a-z](?:-?[a-z0-9]){0,62}$"),
    Field(description="A DB instance's identifier, or its whole ARN."),
]

PlainName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$"),
    Field(description="A name that PostgreSQL takes without quotes."),
]


class Role(StrEnum):
    """What an instance is for. The word is also the value of the tag `statline:database-role`."""

    PRIMARY = "primary"
    REPLICA = "replica"


@dataclass(frozen=True, slots=True)
class Instance:
    """One DB instance, as alarms and backups need to know it. iops: what its storage is provisioned for."""

    role: Role
    identifier: str
    iops: int
    max_connections: int


class CreatedDatabase(ConfigModel):
    """A primary that Statline creates, with a dedicated replica of the same size in the same region.

    postgres: the version to begin with; RDS takes the minor ones after it in the maintenance window.
    iops: what gp3 gives. Below 400 GiB it is 3,000 and nothing else; from 400 GiB it is provisioned, 12,000 to 64,000.
    max_connections: set in the parameter group, so that the alarm on connections knows the limit.
    availability_zones: at least two, by their names in this account. They are written out, so that synth asks nobody.
    backup_days, backup_window: RDS's automated backups (UTC). They read the standby, and replicas need them on.
    """

    postgres: Annotated[str, StringConstraints(pattern=r"^1[67]\.[0-9]{1,2}$")] = "17.9"
    instance_class: Annotated[str, StringConstraints(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]
    storage_gib: Annotated[int, Field(ge=20, le=65_536)]
    iops: int = _BASELINE_IOPS
    max_connections: Annotated[int, Field(ge=20, le=5000)] = 400
    multi_az: bool = True
    availability_zones: Annotated[tuple[str, ...], Field(min_length=2)]
    insights: Literal["standard", "advanced"] = "standard"
    backup_days: Annotated[int, Field(ge=1, le=35)] = 14
    backup_window: Annotated[str, StringConstraints(pattern=_WINDOW)] = "08:00-08:30"
    maintenance_window: Annotated[
        str, StringConstraints(pattern=r"^[a-z]{3}:[0-2]\d:[0-5]\d-[a-z]{3}:[0-2]\d:[0-5]\d$")
    ] = "sun:09:00-sun:09:30"

    @property
    def postgres_major(self) -> str:
        """The major version."""
        return self.postgres.split(".")[0]

    @property
    def striped(self) -> bool:
        """Whether the storage is large enough for its IOPS to be provisioned."""
        return self.storage_gib >= _STRIPED_FROM_GIB

    @model_validator(mode="after")
    def _asks_for_iops_that_gp3_has(self) -> Self:
        if not self.striped and self.iops != _BASELINE_IOPS:
            raise ValueError(
                f"iops: gp3 gives {_BASELINE_IOPS} below {_STRIPED_FROM_GIB} GiB and nothing else; storage_gib is"
                f" {self.storage_gib}, iops is {self.iops}"
            )
        if self.striped and self.iops not in _STRIPED_IOPS:
            raise ValueError(
                f"iops: gp3 takes {_STRIPED_IOPS.start} to {_STRIPED_IOPS.stop - 1} from {_STRIPED_FROM_GIB} GiB,"
                f" not {self.iops}"
            )
        return self

    @property
    def instances(self) -> tuple[Instance, Instance]:
        """The primary and the replica."""
        return (
            Instance(Role.PRIMARY, "statline-primary", self.iops, self.max_connections),
            Instance(Role.REPLICA, "statline-replica", self.iops, self.max_connections),
        )


class WatchedInstance(ConfigModel):
    """One DB instance that exists already. iops: what its storage is provisioned for."""

    name: InstanceName
    iops: Annotated[int, Field(ge=100)]
    max_connections: Annotated[int, Field(ge=20)]

    @property
    def identifier(self) -> str:
        """The instance's identifier, which metrics and RDS's calls take."""
        return self.name.rsplit(":", 1)[-1]

    @property
    def region(self) -> str | None:
        """The region that an ARN names."""
        return self.name.split(":")[3] if ":" in self.name else None


class WatchedNetwork(ConfigModel):
    """Where an existing database lives, and where backups of it are restored to.

    subnets: at least two, with a way to DynamoDB and S3 (gateway endpoints) and none to the internet.
    availability_zones: the subnets', in the same order.
    security_group: the replica's own. It gets one rule: the functions that read the replica may come in.
    """

    vpc: Annotated[str, StringConstraints(pattern=r"^vpc-[0-9a-f]+$")]
    subnets: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-f]+$")], ...], Field(min_length=2)
    ]
    availability_zones: Annotated[tuple[str, ...], Field(min_length=2)]
    security_group: Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-f]+$")]

    @model_validator(mode="after")
    def _says_where_each_subnet_is(self) -> Self:
        if len(self.subnets) != len(self.availability_zones):
            raise ValueError(
                f"network: {len(self.subnets)} subnets and {len(self.availability_zones)} availability_zones; say for"
                " each subnet where it is, in the same order"
            )
        return self


class WatchedDatabase(ConfigModel):
    """A primary and a replica that exist already.

    replica_host: the replica's DNS name, for the functions that read it: their network has no way to ask RDS.
    backup_window: of RDS's automated backups, UTC; a snapshot that RDS takes of the primary in it is nobody's fault.
    storage_key: the ARN of the key that encrypts the replica, where it is a customer managed one: the backup workflow
        must be allowed to use it.
    """

    primary: WatchedInstance
    replica: WatchedInstance
    replica_host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$")]
    port: Annotated[int, Field(ge=1, le=65_535)] = 5432
    network: WatchedNetwork
    backup_window: Annotated[str, StringConstraints(pattern=_WINDOW)]
    storage_key: Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:kms:\S+$")] | None = None

    @model_validator(mode="after")
    def _names_two_instances(self) -> Self:
        if self.primary.identifier == self.replica.identifier:
            raise ValueError(
                f"replica: {self.replica.identifier} is the primary; backups need an instance that is not the primary"
            )
        return self

    @property
    def instances(self) -> tuple[Instance, Instance]:
        """The primary and the replica."""
        return (
            Instance(Role.PRIMARY, self.primary.identifier, self.primary.iops, self.primary.max_connections),
            Instance(Role.REPLICA, self.replica.identifier, self.replica.iops, self.replica.max_connections),
        )


class FarCopyConfig(ConfigModel):
    """Copies of backups in a second region of the same country, encrypted with a key there."""

    region: str


class KeepConfig(ConfigModel):
    """How long backups are kept. Whatever it says, the last verified one is never deleted.

    days: verified backups younger than this are kept. verified: so many of the newest verified ones are kept however
        old they are. RDS keeps at most 100 manual snapshots a region, unless the quota is raised.
    """

    days: Annotated[int, Field(ge=1, le=3650)] = 35
    verified: Annotated[int, Field(ge=1, le=90)] = 7


class BackupConfig(ConfigModel):
    """The backups that Statline takes of the replica.

    schedule: an EventBridge Scheduler expression in the given time zone; without one, only people start backups.
    at_least_every_hours: a verified backup older than this is an alarm. It covers the schedule's longest gap, and some
        delay.
    longest_minutes: how long any one step (snapshot, copy, restore) may take before the workflow says that it failed.
    most_lag_seconds: how far the replica may be behind when a backup starts.
    poll_seconds: how often the workflow looks at what RDS does, and at the alarms.
    copy_to: where copies go besides; unset: nowhere. keep: when backups are deleted.
    restore_class: of the instance that a backup is restored to for its checks.
    user: whom the checks and dumps come as, to the replica and to restored copies; it reads everything.
    checks: what this deployment's data must satisfy in a restored copy, as SQL.
    dump_days: how long exports and dumps are locked against deletion, by anybody (S3 Object Lock).
    """

    schedule: Annotated[str, StringConstraints(pattern=r"^(cron|rate)\(.+\)$")] | None = None
    time_zone: str = "UTC"
    at_least_every_hours: Annotated[int, Field(ge=2, le=_HOURS_OF_A_WEEK)] = 26
    longest_minutes: Annotated[int, Field(ge=10, le=24 * 60)] = 240
    most_lag_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    poll_seconds: Annotated[int, Field(ge=1, le=300)] = 30
    copy_to: FarCopyConfig | None = None
    keep: KeepConfig = KeepConfig()
    restore_class: Annotated[str, StringConstraints(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = "db.t4g.large"
    user: PlainName = "statline_backup"
    checks: tuple[SqlCheck, ...] = ()
    dump_days: Annotated[int, Field(ge=1, le=3650)] = 35


class DirectorySource(ConfigModel):
    """How the directory is reconciled with the replica's views (docs/directory.md has their SQL).

    every_minutes: how often. user: whom the reconcile comes as; its rights are the views and nothing else.
    tenants: those whose people the views hold; unset: every tenant of the region.
    most_deletions_percent: where the views lack more of a tenant's entries of one kind, none is deleted and an alarm
        asks a person.
    """

    every_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    user: PlainName = "statline_directory"
    tenants: tuple[str, ...] | None = None
    most_deletions_percent: Annotated[int, Field(ge=0, le=100)] = 5


class DatabaseConfig(ConfigModel):
    """Exactly one of the two ways to a database, the directory that is read from it, and its backups.

    name: of the database on the instance.
    trust: a file beside the config with the certificate authorities of the region's RDS, which AWS publishes. Unset:
        no TLS, which production refuses.
    """

    create: CreatedDatabase | None = None
    watch: WatchedDatabase | None = None
    name: PlainName = "clinical"
    trust: str | None = None
    directory: DirectorySource | None = DirectorySource()
    backup: BackupConfig = BackupConfig()

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.create is None) == (self.watch is None):
            raise ValueError("give exactly one of create and watch (or leave database out)")
        return self

    @property
    def source(self) -> CreatedDatabase | WatchedDatabase:
        """The database itself, whichever way there is to it."""
        source = self.create or self.watch
        if source is None:  # the validator has refused it
            raise AssertionError("a database is created or watched")
        return source

    @property
    def primary(self) -> Instance:
        """The instance that serves the applications, and that no requested backup touches."""
        return self.source.instances[0]

    @property
    def replica(self) -> Instance:
        """The instance that backups are taken from."""
        return self.source.instances[1]

    def check_place(self, region: str) -> None:
        """Raise `ValueError` where part of the database lies outside the region."""
        if self.create is not None:
            strangers = [zone for zone in self.create.availability_zones if not zone.startswith(region)]
            if strangers:
                raise ValueError(f"database.create.availability_zones: {', '.join(strangers)} is not in {region}")
        if self.watch is not None:
            for role, instance in (("primary", self.watch.primary), ("replica", self.watch.replica)):
                _check_region(f"database.watch.{role}", instance.region, region)

    def check_standby(self, region: str) -> None:
        """Raise `ValueError` where the primary has no standby, whose loss only production cannot afford."""
        if self.create is not None and not self.create.multi_az:
            raise ValueError(
                f"regions: database.create.multi_az is false in {region}; a production primary needs its standby"
                " (a Single-AZ primary stops while it is backed up)"
            )


def _check_region(path: str, found: str | None, region: str) -> None:
    if found is None or found == region:
        return
    country = REGIONS[found].country if found in REGIONS else "an unknown country"
    if country != REGIONS[region].country:
        raise ValueError(f"{path}: {found} is in {country}, {region} is in {REGIONS[region].country}: data would leave")
    raise ValueError(f"{path}: it is in {found}; Statline watches and backs up what is in {region}")
