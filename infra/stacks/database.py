"""A region's database, where Statline brings one."""

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledgements.database import database_acknowledgements
from infra.acknowledgements.model import acknowledge
from infra.config.database import CreatedDatabase
from infra.constructs.database import Database
from infra.constructs.database_network import DatabaseNetwork


class DatabaseStack(Stack):
    """The primary, its replica, and the network that holds nothing else. No delivery stack refers to it.

    key: what encrypts the storage; a backup of the replica needs it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        config: CreatedDatabase,
        production: bool,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
    ) -> None:
        self._zones = config.availability_zones
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Statline: the database that the directory is reconciled from",
            termination_protection=production,
        )
        removal_policy = RemovalPolicy.RETAIN if production else RemovalPolicy.DESTROY
        self.key = kms.Key(
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
            log_key=log_key,
            log_retention=log_retention,
            removal_policy=removal_policy,
        )
        Database(
            self,
            "Database",
            config=config,
            network=network,
            key=self.key,
            log_key=log_key,
            log_retention=log_retention,
            protected=production,
        )
        acknowledge(self, database_acknowledgements(config, production=production))

    @property
    def availability_zones(self) -> list[str]:
        """The config's zones. The base class would ask the account for them, and synth asks nobody."""
        return list(self._zones)
