"""What people are given who start backups and look after them: a managed policy."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.backup.arns import executions_arn, machine_arn, rds_arn
from infra.constructs.tables import BackupsTable


class BackupAccess(Construct):
    """The managed policy ``statline-backup-<region>``: start a backup, follow it, ask it to stop, and nothing else.

    Whoever has it can take no snapshot himself; the workflow can, and it refuses the primary. A backup is stopped by
    the word in its record, which lets the workflow clean up behind itself: nobody needs to kill an execution.
    """

    def __init__(self, scope: Construct, construct_id: str, *, table: BackupsTable) -> None:
        super().__init__(scope, construct_id)
        region = Stack.of(self).region
        policy = iam.ManagedPolicy(
            self,
            "Operate",
            managed_policy_name=f"statline-backup-{region}",
            description=f"Start, follow and cancel backups of Statline's database in {region}",
            statements=[
                _allow("StartAndListBackups", ["states:StartExecution", "states:ListExecutions"], machine_arn(self)),
                _allow(
                    "FollowBackups",
                    ["states:DescribeExecution", "states:GetExecutionHistory"],
                    executions_arn(self),
                ),
                _allow("FindTheMachine", ["states:DescribeStateMachine"], machine_arn(self)),
                iam.PolicyStatement(
                    sid="LookAtRds",
                    actions=["rds:DescribeDBInstances", "rds:DescribeDBSnapshots"],
                    resources=[rds_arn(self, "db", "*"), rds_arn(self, "snapshot", "*")],
                ),
                # Export tasks have no resource in IAM.
                _allow("LookAtExports", ["rds:DescribeExportTasks"], "*"),
                _allow("SeeWhetherTheyMayStart", ["cloudwatch:DescribeAlarms"], "*"),
            ],
        )
        table.grant_operate(policy)


def _allow(sid: str, actions: list[str], resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=[resource])
