"""The backup workflow, what it may touch, and when it starts by itself."""

import json
from collections.abc import Sequence

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack, TimeZone
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.config.database import BackupConfig, DatabaseConfig, Instance, Role
from infra.constructs.alarms import Whole
from infra.constructs.alarms_topics import OnCallTopics, Severity
from infra.constructs.backup_definition import backup_definition
from infra.constructs.backup_states import SNAPSHOT_PREFIX, BackupNames
from infra.constructs.database import ROLE_TAG
from infra.constructs.event_bus import DeliveryEvents

MACHINE = "statline-backup"
_STARTED_BY_SCHEDULE = "the schedule"


class Backup(Construct):
    """One state machine for the schedule and for people: ``statline-backup``.

    Its role may snapshot the replica and nothing else; the primary it is denied by name and by tag, so that a right
    somebody adds to it later does not open the way.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        database: DatabaseConfig,
        topics: OnCallTopics,
        events: DeliveryEvents,
        storage_key_arn: str | None,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        for statement in self._rights(database):
            role.add_to_policy(statement)
        if storage_key_arn is not None:
            role.add_to_policy(self._use_of_storage_key(storage_key_arn))
        topics.grant_publish(role, Severity.TICKET)
        events.grant_tell(role)
        log = logs.LogGroup(
            self,
            "Log",
            # The name's beginning keeps Step Functions from writing one more entry into the logs' resource policy.
            log_group_name=f"/aws/vendedlogs/states/{MACHINE}",
            encryption_key=log_key,
            retention=log_retention,
            removal_policy=removal_policy,
        )
        names = BackupNames(
            region=Stack.of(self).region,
            primary=database.primary.identifier,
            replica=database.replica.identifier,
            alarms=[whole.value for whole in Whole],
            topic=topics.of(Severity.TICKET).topic_arn,
            bus=events.bus.event_bus_name,
            most_lag_seconds=database.backup.most_lag_seconds,
            longest_minutes=database.backup.longest_minutes,
        )
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=MACHINE,
            definition_body=sfn.DefinitionBody.from_string(json.dumps(backup_definition(names), indent=1)),
            role=role,
            # Without the data: the reason is a person's text.
            logs=sfn.LogOptions(destination=log, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
        if database.backup.schedule is not None:
            self._start_by(database.backup.schedule, database.backup)

    def _start_by(self, schedule: str, backup: BackupConfig) -> None:
        starter = iam.Role(
            self,
            "Starter",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
            ),
        )
        scheduler.Schedule(
            self,
            "Schedule",
            schedule_name=MACHINE,
            description="Statline: snapshot of the replica",
            schedule=_expression(schedule, backup.time_zone),
            target=targets.StepFunctionsStartExecution(
                self.machine,
                role=starter,
                input=scheduler.ScheduleTargetInput.from_object({"reason": _STARTED_BY_SCHEDULE}),
                retry_attempts=3,
                max_event_age=Duration.hours(1),
            ),
        )

    def _rights(self, database: DatabaseConfig) -> Sequence[iam.PolicyStatement]:
        replica = self._instance_arn(database.replica)
        snapshots = self._rds_arn("snapshot", f"{SNAPSHOT_PREFIX}*")
        return (
            _allow("LookAtTheReplica", ["rds:DescribeDBInstances"], [replica]),
            _allow("SnapshotTheReplica", ["rds:CreateDBSnapshot"], [replica, snapshots]),
            _allow("LookAtItsSnapshots", ["rds:DescribeDBSnapshots"], [replica, snapshots]),
            _allow("TagItsSnapshots", ["rds:AddTagsToResource"], [snapshots]),
            # CloudWatch has no narrower scope for either: composite alarms are described to "*" only.
            _allow("ReadFiguresAndAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], ["*"]),
            _allow("SeeItsOwnExecutions", ["states:ListExecutions"], [self._machine_arn()]),
            iam.PolicyStatement(
                sid="NeverThePrimary",
                effect=iam.Effect.DENY,
                actions=_WAYS_TO_BURDEN_A_PRIMARY,
                resources=[self._instance_arn(database.primary)],
            ),
            iam.PolicyStatement(
                sid="NeverWhatIsTaggedPrimary",
                effect=iam.Effect.DENY,
                actions=_WAYS_TO_BURDEN_A_PRIMARY,
                resources=["*"],
                conditions={"StringEquals": {f"aws:ResourceTag/{ROLE_TAG}": Role.PRIMARY.value}},
            ),
        )

    def _use_of_storage_key(self, key_arn: str) -> iam.PolicyStatement:
        """RDS acts in the caller's name when it encrypts a snapshot: the caller needs the key, and through RDS only."""
        return iam.PolicyStatement(
            sid="EncryptItsSnapshots",
            actions=["kms:CreateGrant", "kms:DescribeKey"],
            resources=[key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"rds.{Stack.of(self).region}.amazonaws.com"}},
        )

    def _instance_arn(self, instance: Instance) -> str:
        return self._rds_arn("db", instance.identifier)

    def _rds_arn(self, kind: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service="rds", resource=kind, resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )

    def _machine_arn(self) -> str:
        """Written out: the role cannot refer to the machine, which refers to the role."""
        return Stack.of(self).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=MACHINE,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )


_WAYS_TO_BURDEN_A_PRIMARY = ["rds:CreateDBSnapshot", "rds:CreateDBInstanceReadReplica", "backup:StartBackupJob"]


def _allow(sid: str, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=resources)


def _expression(schedule: str, time_zone: str) -> scheduler.ScheduleExpression:
    return scheduler.ScheduleExpression.expression(schedule, TimeZone.of(time_zone))
