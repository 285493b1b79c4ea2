"""A region's backups."""

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.acknowledgements.backup import backup_acknowledgements
from infra.acknowledgements.backup_watch import backup_watch_acknowledgements
from infra.acknowledgements.guard import GUARD
from infra.acknowledgements.model import acknowledge
from infra.assets.workshop import Workshop
from infra.config.database import DatabaseConfig
from infra.config.model import Deployment, RegionConfig
from infra.constructs.alarms.backup import backup_alarms
from infra.constructs.alarms.backup_watch import backup_watch_alarms
from infra.constructs.alarms.rows import Alarms
from infra.constructs.alarms.topics import OnCallTopics
from infra.constructs.backup.access import BackupAccess
from infra.constructs.backup.bucket import BackupBucket
from infra.constructs.backup.functions import BackupFunctions, Places
from infra.constructs.backup.watch import BackupWatch
from infra.constructs.backup.workflow import Backup
from infra.constructs.database.guard import Guard
from infra.constructs.database.surroundings import DatabaseSurroundings
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.functions.log_retention import retention_of
from infra.constructs.functions.rollout import Rollouts
from infra.constructs.tables import BackupsTable
from infra.stacks.state import StateStack


class BackupStack(Stack):
    """The backup workflow of a region that has a database: its records, its bucket, its key, and the alarms on it."""

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
        workshop: Workshop,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Statline: backups of the database's replica",
            termination_protection=deployment.production,
        )
        removal_policy = RemovalPolicy.RETAIN if deployment.production else RemovalPolicy.DESTROY
        log_retention = retention_of(deployment.log_retention_days)
        key = kms.Key(
            self,
            "Key",
            alias="alias/statline-backups",
            description="Statline: copies of the database, exports and dumps",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        places = Places(
            table=BackupsTable(self, "Records", key=state.keys.records, protected=deployment.production),
            bucket=BackupBucket(
                self,
                "Files",
                key=key,
                days=database.backup.dump_days,
                log_days=deployment.log_retention_days,
                production=deployment.production,
            ),
            key=key.key_arn,
        )
        layers = Layers(self, "Layers", workshop=workshop)
        workbench = Workbench(
            workshop=workshop,
            rollouts=Rollouts(self, "Rollouts"),
            log_key=state.keys.logs,
            log_retention=log_retention,
            removal_policy=removal_policy,
        )
        functions = BackupFunctions(
            self,
            "Functions",
            database=database,
            surroundings=surroundings,
            places=places,
            layers=layers,
            workbench=workbench,
        )
        backup = Backup(
            self,
            "Backup",
            config=database.backup,
            surroundings=surroundings,
            functions=functions,
            places=places,
            topics=topics,
            bus=state.events,
            log_key=state.keys.logs,
            log_retention=log_retention,
            removal_policy=removal_policy,
        )
        BackupAccess(self, "Operators", table=places.table)
        BackupWatch(
            self,
            "Detector",
            database=database,
            surroundings=surroundings,
            table=places.table,
            topics=topics,
            runbooks=deployment.runbooks,
            layers=layers,
            workbench=workbench,
        )
        rows = [
            *backup_alarms(database.backup, region=config.region, machine_arn=backup.machine.state_machine_arn),
            *backup_watch_alarms(region=config.region, primary=database.primary.identifier),
        ]
        Alarms(self, "Alarms", rows=rows, topics=topics, runbooks=deployment.runbooks)
        Guard(self, "Guard", primary=database.primary).deny_to_roles_of(self)
        acknowledge(self, GUARD)
        acknowledge(self, backup_watch_acknowledgements(config))
        acknowledge(self, backup_acknowledgements(config, database.backup))
