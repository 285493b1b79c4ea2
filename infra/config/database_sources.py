"""The two ways to a region's database: created here, or watched where it already is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from infra.config.base import ConfigModel
from infra.config.instance_classes import InstanceLimits, limits_of

_BASELINE_IOPS = 3000
_STRIPED_FROM_GIB = 400
_STRIPED_IOPS = range(12_000, 64_001)
_RDS_HOST = re.compile(r"\.(?P<region>[a-z0-9-]+)\.rds\.amazonaws\.com(\.cn)?$")
_WINDOW = r"^[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d$"

InstanceName = Annotated[
    str,
    StringConstraints(pattern=r"^(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db:)?[a-z](?:-?[a-z0-9]){0,62}$"),
    Field(description="A DB instance's identifier, or its whole ARN."),
]
InstanceClass = Annotated[str, StringConstraints(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]
StorageGib = Annotated[int, Field(ge=20, le=65_536)]


class Role(StrEnum):
    """What an instance is for. The word is also the value of the tag `statline:database-role`."""

    PRIMARY = "primary"
    REPLICA = "replica"


@dataclass(frozen=True, slots=True)
class Instance:
    """One DB instance, as alarms and backups need to know it.

    iops: what its storage is provisioned for. limits: what its class can do.
    """

    role: Role
    identifier: str
    iops: int
    storage_gib: int
    max_connections: int
    limits: InstanceLimits


class CreatedDatabase(ConfigModel):
    """A primary that Statline creates, with a dedicated replica of the same size in the same region.

    postgres: the version to begin with; RDS takes the minor ones after it in the maintenance window.
    limits: what the instance class can do, for a class that infra/config/instance_classes.py does not know.
    iops: what gp3 gives. Below 400 GiB it is 3,000 and nothing else; from 400 GiB it is provisioned, 12,000 to 64,000.
    max_connections: set in the parameter group, so that the alarm on connections knows the limit.
    availability_zones: at least two, by their names in this account. They are written out, so that synth asks nobody.
    backup_days, backup_window: RDS's automated backups (UTC). They read the standby, and replicas need them on.
    """

    postgres: Annotated[str, StringConstraints(pattern=r"^1[678]\.[0-9]{1,2}$")] = "17.9"
    instance_class: InstanceClass
    limits: InstanceLimits | None = None
    storage_gib: StorageGib
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

    @model_validator(mode="after")
    def _is_of_a_class_with_known_limits(self) -> Self:
        limits_of(self.instance_class, self.limits)
        return self

    @property
    def instances(self) -> tuple[Instance, Instance]:
        """The primary and the replica."""
        return (self._instance(Role.PRIMARY), self._instance(Role.REPLICA))

    def _instance(self, role: Role) -> Instance:
        return Instance(
            role=role,
            identifier=f"statline-{role}",
            iops=self.iops,
            storage_gib=self.storage_gib,
            max_connections=self.max_connections,
            limits=limits_of(self.instance_class, self.limits),
        )


class WatchedInstance(ConfigModel):
    """One DB instance that exists already.

    resource: its `DbiResourceId`, which is what a right to sign in to it is given on. storage_gib, iops: what its
        storage is allocated and provisioned for. limits: what the class can do, where
        infra/config/instance_classes.py does not know it.
    """

    name: InstanceName
    resource: Annotated[str, StringConstraints(pattern=r"^db-[A-Z0-9]+$")]
    instance_class: InstanceClass
    limits: InstanceLimits | None = None
    storage_gib: StorageGib
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

    @model_validator(mode="after")
    def _is_of_a_class_with_known_limits(self) -> Self:
        limits_of(self.instance_class, self.limits)
        return self

    def as_instance(self, role: Role) -> Instance:
        """The same, as alarms and backups need to know it."""
        return Instance(
            role=role,
            identifier=self.identifier,
            iops=self.iops,
            storage_gib=self.storage_gib,
            max_connections=self.max_connections,
            limits=limits_of(self.instance_class, self.limits),
        )


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

    @property
    def regions(self) -> Mapping[str, str | None]:
        """The regions that names in it tell, by the names' fields; None where a name tells none."""
        of_host = _RDS_HOST.search(self.replica_host)
        return {
            "primary": self.primary.region,
            "replica": self.replica.region,
            "replica_host": of_host["region"] if of_host else None,
            "storage_key": self.storage_key.split(":")[3] if self.storage_key else None,
        }

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
        return (self.primary.as_instance(Role.PRIMARY), self.replica.as_instance(Role.REPLICA))
