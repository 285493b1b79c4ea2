"""Log groups that are encrypted and do not grow for ever."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


class KeptLogs(Construct):
    """One log group. days: how long it keeps a line; the config has checked that CloudWatch Logs knows the number.

    group: the log group, to be written to. name: given only where a service has chosen it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        days: int,
        key: kms.IKey,
        removal_policy: RemovalPolicy,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        made = logs.CfnLogGroup(self, "Group", log_group_name=name, kms_key_id=key.key_arn, retention_in_days=days)
        made.apply_removal_policy(removal_policy)
        self.group = logs.LogGroup.from_log_group_arn(self, "Logs", made.attr_arn)
