"""The backup workflow: its machine, what it may touch, when it starts by itself, and what follows a killed one."""

import json

from aws_cdk import Duration, RemovalPolicy, Stack, TimeZone
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as event_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.core.domain.backup.record import BackupKind
from infra.config.database import BackupConfig
from infra.constructs.alarms.topics import OnCallTopics, Severity
from infra.constructs.alarms.wholes import AT_REST_FOR_BACKUPS
from infra.constructs.backup.arns import MACHINE
from infra.constructs.backup.functions import BackupFunctions, Places
from infra.constructs.backup.machine.definition import backup_definition
from infra.constructs.backup.machine.states import BackupNames
from infra.constructs.backup.rights import workflow_rights
from infra.constructs.database.surroundings import DatabaseSurroundings
from infra.constructs.event_bus import DeliveryEvents

_STARTED_BY_SCHEDULE = "the schedule"
_ENDED_BADLY = ["ABORTED", "FAILED", "TIMED_OUT"]
_BESIDES = Duration.minutes(15)
"""RDS drops no instance that it is still making: what a killed backup leaves may have to wait."""


class Backup(Construct):
    """One state machine for the schedule and for people: ``statline-backup``.

    Its role may snapshot the replica, and handle what it has made itself; the primary it is denied by name and by tag.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: BackupConfig,
        surroundings: DatabaseSurroundings,
        functions: BackupFunctions,
        places: Places,
        topics: OnCallTopics,
        bus: DeliveryEvents,
        log_key: kms.IKey,
        log_retention: logs.RetentionDays,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        exporter = iam.Role(
            self,
            "Exporter",
            description="RDS takes it to put exports of backups into their bucket",
            assumed_by=iam.ServicePrincipal(
                "export.rds.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
            ),
        )
        places.bucket.grant_export(exporter)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        keys = [arn for arn in (surroundings.storage_key_arn, places.key) if arn is not None]
        for statement in workflow_rights(self, surroundings=surroundings, keys=keys, export_role=exporter):
            self.role.add_to_policy(statement)
        places.table.grant_record(self.role)
        for function in functions.all:
            function.alias.grant_invoke(self.role)
        topics.grant_publish(self.role, Severity.TICKET)
        bus.grant_tell(self.role)
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
            primary=surroundings.primary,
            replica=surroundings.replica,
            alarms=[whole.value for whole in AT_REST_FOR_BACKUPS],
            topic=topics.of(Severity.TICKET).topic_arn,
            bus=bus.bus.event_bus_name,
            table=places.table.table.table_name,
            key=places.key,
            bucket=places.bucket.bucket.bucket_name,
            export_role=exporter.role_arn,
            checks=functions.checks.alias.function_arn,
            dump=functions.dump.alias.function_arn,
            upkeep=functions.upkeep.alias.function_arn,
            restore_class=config.restore_class,
            restore_subnets=surroundings.restore_subnet_group,
            restore_group=surroundings.restore_security_group.security_group_id,
            far_region=config.copy_to.region if config.copy_to else None,
            most_lag_seconds=config.most_lag_seconds,
            longest_minutes=config.longest_minutes,
            poll_seconds=config.poll_seconds,
        )
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=MACHINE,
            definition_body=sfn.DefinitionBody.from_string(json.dumps(backup_definition(names), indent=1)),
            role=self.role,
            # Without the data: the reason is a person's text.
            logs=sfn.LogOptions(destination=log, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
        self._clean_up_by(functions)
        if config.schedule is not None:
            self._start_by(config.schedule, config.time_zone)

    def _clean_up_by(self, functions: BackupFunctions) -> None:
        """Have upkeep look for leftovers when an execution has ended badly, and now and then."""
        clean = event_targets.LambdaFunction(
            functions.upkeep.alias,
            event=events.RuleTargetInput.from_object({"operation": "clean"}),
            retry_attempts=2,
            max_event_age=_BESIDES,
        )
        events.Rule(
            self,
            "EndedBadly",
            rule_name="statline-backup-ended",
            description="Statline: remove what a killed or failed backup has left",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"stateMachineArn": [self.machine.state_machine_arn], "status": _ENDED_BADLY},
            ),
            targets=[clean],
        )
        events.Rule(
            self,
            "NowAndThen",
            rule_name="statline-backup-upkeep",
            description="Statline: remove what could not be removed at once",
            schedule=events.Schedule.rate(_BESIDES),
            targets=[clean],
        )

    def _start_by(self, schedule: str, time_zone: str) -> None:
        starter = iam.Role(
            self,
            "Starter",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
            ),
        )
        asked = {
            "kind": BackupKind.SNAPSHOT.value,
            "reason": _STARTED_BY_SCHEDULE,
            "started_by": _STARTED_BY_SCHEDULE,
        }
        scheduler.Schedule(
            self,
            "Schedule",
            schedule_name=MACHINE,
            description="Statline: back up the replica",
            schedule=scheduler.ScheduleExpression.expression(schedule, TimeZone.of(time_zone)),
            target=targets.StepFunctionsStartExecution(
                self.machine,
                role=starter,
                input=scheduler.ScheduleTargetInput.from_object(asked),
                retry_attempts=3,
                max_event_age=Duration.hours(1),
            ),
        )
