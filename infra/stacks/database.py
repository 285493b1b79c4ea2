"""A region's database: created here, or watched where it is; and what stands around it."""

from dataclasses import dataclass

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledgements.database import database_acknowledgements
from infra.acknowledgements.model import acknowledge
from infra.config.database import CreatedDatabase, DatabaseConfig, WatchedDatabase
from infra.constructs.database.network import DatabaseNetwork
from infra.constructs.database.readers import DatabaseReaders
from infra.constructs.database.servers import PORT, Database
from infra.constructs.database.surroundings import DatabaseSurroundings

_ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)


class DatabaseStack(Stack):
    """The primary, its replica and their network, where Statline creates them; in either case the readers' place in it.

    No delivery stack refers to it. surroundings: what the stacks that read the replica and restore backups are given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        config: DatabaseConfig,
        production: bool,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Statline: the database that the directory is reconciled from",
            termination_protection=production,
        )
        self._name = config.name
        self._production = production
        self._log_key = log_key
        self._log_retention = log_retention
        match config.source:
            case CreatedDatabase() as wanted:
                self._zones = wanted.availability_zones
                found = self._create(wanted)
            case WatchedDatabase() as existing:
                self._zones = existing.network.availability_zones
                found = self._look_at(existing)
        readers = DatabaseReaders(
            self, "Readers", vpc=found.vpc, subnets=_ISOLATED, replica=found.replica_group, port=found.port
        )
        self.surroundings = DatabaseSurroundings(
            vpc=found.vpc,
            subnets=_ISOLATED,
            readers=readers.group,
            replica_host=found.replica_host,
            port=found.deployed_port,
            primary=config.primary.identifier,
            replica=config.replica.identifier,
            primary_resource=found.primary_resource,
            replica_resource=found.replica_resource,
            restore_subnet_group=readers.subnet_group.subnet_group_name,
            restore_security_group=readers.restored,
            storage_key_arn=found.storage_key_arn,
            name=config.name,
            trusted=config.trust is not None,
        )
        acknowledge(self, database_acknowledgements(config, production=production))

    @property
    def availability_zones(self) -> list[str]:
        """The config's zones. The base class would ask the account for them, and synth asks nobody."""
        return list(self._zones)

    def _create(self, config: CreatedDatabase) -> "_Found":
        removal_policy = RemovalPolicy.RETAIN if self._production else RemovalPolicy.DESTROY
        key = kms.Key(
            self,
            "Key",
            alias="alias/statline-database",
            description="Statline: the database's storage, its history of load and its password",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        network = DatabaseNetwork(
            self,
            "Network",
            log_key=self._log_key,
            log_retention=self._log_retention,
            removal_policy=removal_policy,
        )
        database = Database(
            self,
            "Database",
            config=config,
            name=self._name,
            network=network,
            key=key,
            log_key=self._log_key,
            log_retention=self._log_retention,
            protected=self._production,
        )
        return _Found(
            vpc=network.vpc,
            replica_group=network.replica,
            replica_host=database.replica.db_instance_endpoint_address,
            port=PORT,
            deployed_port=database.replica.db_instance_endpoint_port,
            primary_resource=database.primary_resource,
            replica_resource=database.replica_resource,
            storage_key_arn=key.key_arn,
        )

    def _look_at(self, existing: WatchedDatabase) -> "_Found":
        place = existing.network
        return _Found(
            vpc=ec2.Vpc.from_vpc_attributes(
                self,
                "Vpc",
                vpc_id=place.vpc,
                availability_zones=list(place.availability_zones),
                isolated_subnet_ids=list(place.subnets),
            ),
            replica_group=ec2.SecurityGroup.from_security_group_id(
                self, "Replica", place.security_group, allow_all_outbound=False
            ),
            replica_host=existing.replica_host,
            port=existing.port,
            deployed_port=str(existing.port),
            primary_resource=existing.primary.resource,
            replica_resource=existing.replica.resource,
            storage_key_arn=existing.storage_key,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the two ways to a database have in common. port: as config knows it; deployed_port: as it turns out."""

    vpc: ec2.IVpc
    replica_group: ec2.ISecurityGroup
    replica_host: str
    port: int
    deployed_port: str
    primary_resource: str
    replica_resource: str
    storage_key_arn: str | None
