"""A region's backups."""

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config.database import DatabaseConfig
from infra.constructs.alarms import Alarms
from infra.constructs.alarms_backup import backup_alarms
from infra.constructs.alarms_topics import OnCallTopics
from infra.constructs.backup import Backup
from infra.constructs.event_bus import DeliveryEvents


class BackupStack(Stack):
    """The backup workflow of a region that has a database, and the alarms on it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        config: DatabaseConfig,
        production: bool,
        runbooks: str,
        topics: OnCallTopics,
        events: DeliveryEvents,
        created_key: kms.IKey | None,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(scope, construct_id, env=env, description="Statline: backups of the database's replica")
        watched_key = config.watch.storage_key if config.watch is not None else None
        backup = Backup(
            self,
            "Backup",
            database=config,
            topics=topics,
            events=events,
            storage_key_arn=created_key.key_arn if created_key is not None else watched_key,
            log_key=log_key,
            log_retention=log_retention,
            removal_policy=RemovalPolicy.RETAIN if production else RemovalPolicy.DESTROY,
        )
        rows = backup_alarms(config.backup, machine_arn=backup.machine.state_machine_arn)
        Alarms(self, "Alarms", rows=rows, topics=topics, runbooks=runbooks)
