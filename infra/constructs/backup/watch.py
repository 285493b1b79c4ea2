"""The detector: what looks for backups on the primary, every minute and whenever RDS or CloudTrail speak."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from functions.backup_watch.settings import BackupWatchSettings
from infra.config.database import DatabaseConfig
from infra.constructs.alarms.backup_watch import RUNBOOK
from infra.constructs.alarms.topics import OnCallTopics, Severity
from infra.constructs.database.surroundings import DatabaseSurroundings
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.functions.side_function import SideFunction
from infra.constructs.tables import BackupsTable
from infra.guard.ways import WAYS

NAME = "statline-backup-watch"
EVERY = Duration.minutes(1)
_LONGEST = Duration.seconds(45)
_MEMORY_MB = 512

NO_CALL = frozenset({"rds:CrossRegionCommunication"})
"""Rights of the table that are no calls: CloudTrail never records them."""
NO_DATABASE_NAMED = frozenset(
    {
        "backup:UpdateBackupPlan",
        "backup:UpdateRegionSettings",
        "dms:ReloadReplicationTables",
        "dms:ReloadTables",
        "dms:StartDataMigration",
        "dms:StartReplication",
        "dms:StartReplicationTask",
    }
)
"""Calls whose record does not say of which database: what they begin is seen by itself, as a snapshot or as load."""
HEARD = tuple(way for way in WAYS if way.action not in NO_CALL | NO_DATABASE_NAMED)
"""The ways that the detector hears of by CloudTrail."""
SNAPSHOT_EVENTS = ("RDS-EVENT-0040", "RDS-EVENT-0042", "RDS-EVENT-0090", "RDS-EVENT-0091")
"""A manual or an automated snapshot begins, or is made."""
INSTANCE_EVENTS = ("RDS-EVENT-0001", "RDS-EVENT-0002")
"""The backup of an instance begins, or is made."""
DIMENSIONS = (
    "db.application.name",
    "db.host.id",
    "db.host.name",
    "db.sql_tokenized.id",
    "db.sql_tokenized.statement",
    "db.user.name",
)
"""What it may ask of the load. The statements as they ran, with their values, are in `db.sql`, which it may not."""


class BackupWatch(Construct):
    """The function ``statline-backup-watch`` and what wakes it. It is in no network and cannot reach the database.

    One at a time, so that one finding is one letter.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        database: DatabaseConfig,
        surroundings: DatabaseSurroundings,
        table: BackupsTable,
        topics: OnCallTopics,
        runbooks: str,
        layers: Layers,
        workbench: Workbench,
    ) -> None:
        super().__init__(scope, construct_id)
        self._primary = surroundings.primary
        self.function = SideFunction(
            self,
            "Watch",
            name="backup_watch",
            description="Tells on-call who backs up or dumps the primary, and since when",
            settings=BackupWatchSettings(
                backups_table=table.table.table_name,
                primary=self._primary,
                backup_window=database.source.backup_window,
                page_topic=topics.of(Severity.PAGE).topic_arn,
                ticket_topic=topics.of(Severity.TICKET).topic_arn,
                runbook=f"{runbooks}/{RUNBOOK}.md",
            ),
            layers=[layers.base],
            timeout=_LONGEST,
            memory_mb=_MEMORY_MB,
            workbench=workbench,
            reserve=1,
        )
        role = self.function.role
        table.grant_find(role)
        for severity in Severity:
            topics.grant_publish(role, severity)
        for statement in self._rights(surroundings):
            role.add_to_policy(statement)
        self.function.alias.configure_async_invoke(retry_attempts=2, max_event_age=Duration.hours(1))
        self._wake()

    def _rights(self, surroundings: DatabaseSurroundings) -> list[iam.PolicyStatement]:
        instance = self._arn("rds", "db", self._primary)
        rights = [
            iam.PolicyStatement(sid="LookAtThePrimary", actions=["rds:DescribeDBInstances"], resources=[instance]),
            iam.PolicyStatement(
                sid="LookAtItsSnapshots",
                actions=["rds:DescribeDBSnapshots"],
                resources=[instance, self._arn("rds", "snapshot", "*")],
            ),
            iam.PolicyStatement(
                sid="SeeWhatLoadsThePrimary",
                actions=["pi:DescribeDimensionKeys", "pi:GetResourceMetrics"],
                resources=[
                    self._arn("pi", "metrics", f"rds/{surroundings.primary_resource}", ArnFormat.SLASH_RESOURCE_NAME)
                ],
                conditions={"ForAllValues:StringEquals": {"pi:Dimensions": list(DIMENSIONS)}},
            ),
        ]
        if surroundings.storage_key_arn is None:
            return rights
        # A history of load that a customer's key encrypts is read with that key, in the reader's name.
        read_history = iam.PolicyStatement(
            sid="ReadTheHistoryOfLoad",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[surroundings.storage_key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"rds.{Stack.of(self).region}.amazonaws.com"}},
        )
        return [*rights, read_history]

    def _wake(self) -> None:
        """By the clock, by RDS's events, which are best effort, and by CloudTrail, which needs a trail."""
        self._rule("Clock", "Statline: look for backups on the primary", schedule=events.Schedule.rate(EVERY))
        self._rule(
            "Snapshots",
            "Statline: look when RDS snapshots something",
            event_pattern=events.EventPattern(
                source=["aws.rds"],
                detail_type=["RDS DB Snapshot Event"],
                detail={"EventID": list(SNAPSHOT_EVENTS)},
            ),
        )
        self._rule(
            "Backups",
            "Statline: look when RDS backs the primary up",
            event_pattern=events.EventPattern(
                source=["aws.rds"],
                detail_type=["RDS DB Instance Event"],
                detail={"EventID": list(INSTANCE_EVENTS), "SourceIdentifier": [self._primary]},
            ),
        )
        self._rule(
            "Calls",
            "Statline: hear who asks for a backup of the primary",
            event_pattern=events.EventPattern(
                source=["aws.rds", "aws.backup"],
                detail_type=["AWS API Call via CloudTrail"],
                detail={"eventName": [way.action.split(":")[1] for way in HEARD]},
            ),
        )

    def _rule(
        self,
        construct_id: str,
        description: str,
        *,
        schedule: events.Schedule | None = None,
        event_pattern: events.EventPattern | None = None,
    ) -> None:
        events.Rule(
            self,
            construct_id,
            rule_name=f"{NAME}-{construct_id.lower()}",
            description=description,
            schedule=schedule,
            event_pattern=event_pattern,
            targets=[targets.LambdaFunction(self.function.alias)],
        )

    def _arn(self, service: str, kind: str, name: str, form: ArnFormat = ArnFormat.COLON_RESOURCE_NAME) -> str:
        return Stack.of(self).format_arn(service=service, resource=kind, resource_name=name, arn_format=form)
