"""A region's backups."""

from aws_cdk import Environment, RemovalPolicy, Stack
from constructs import Construct

from infra.acknowledgements.backup import backup_acknowledgements
from infra.acknowledgements.guard import GUARD
from infra.acknowledgements.model import acknowledge
from infra.config.database import DatabaseConfig
from infra.config.model import Deployment, RegionConfig
from infra.constructs.alarms import Alarms
from infra.constructs.alarms_backup import backup_alarms
from infra.constructs.alarms_topics import OnCallTopics
from infra.constructs.backup import Backup
from infra.constructs.database_surroundings import DatabaseSurroundings
from infra.constructs.guard import Guard
from infra.constructs.log_retention import retention_of
from infra.stacks.state import StateStack


class BackupStack(Stack):
    """The backup workflow of a region that has a database, and the alarms on it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        deployment: Deployment,
        config: RegionConfig,
        database: DatabaseConfig,
        state: StateStack,
        topics: OnCallTopics,
        surroundings: DatabaseSurroundings,
    ) -> None:
        super().__init__(scope, construct_id, env=env, description="Statline: backups of the database's replica")
        backup = Backup(
            self,
            "Backup",
            database=database,
            topics=topics,
            events=state.events,
            storage_key_arn=surroundings.storage_key_arn,
            log_key=state.keys.logs,
            log_retention=retention_of(deployment.log_retention_days),
            removal_policy=RemovalPolicy.RETAIN if deployment.production else RemovalPolicy.DESTROY,
        )
        rows = backup_alarms(database.backup, machine_arn=backup.machine.state_machine_arn)
        Alarms(self, "Alarms", rows=rows, topics=topics, runbooks=deployment.runbooks)
        Guard(self, "Guard", primary=database.primary).deny_to_roles_of(self)
        acknowledge(self, GUARD)
        acknowledge(self, backup_acknowledgements(config, database.backup))
