"""Safe deploys: traffic moves to a new version in steps, and back by itself when the new version fails."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

_ERRORS_A_MINUTE = 3
"""A channel's troubles with its provider are answers, not errors: an error is code that raised or ran out of time."""


class Rollouts(Construct):
    """Shifts each function's alias by a tenth a minute. One role for all, with the policy that AWS keeps for this."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._application = codedeploy.LambdaApplication(self, "Application")
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSCodeDeployRoleForLambdaLimited")
            ],
        )
        # Each deployment group would add the same policy to it once more.
        self._role = role.without_policy_updates()

    def shift(self, construct_id: str, *, alias: lambda_.Alias) -> None:
        """Move the alias to each new version by this way."""
        alarm = cloudwatch.Alarm(
            self,
            f"{construct_id}Errors",
            alarm_description="A new version of this function fails: CodeDeploy puts the one before it back by itself.",
            metric=alias.metric_errors(period=Duration.minutes(1), statistic="Sum"),
            threshold=_ERRORS_A_MINUTE,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        codedeploy.LambdaDeploymentGroup(
            self,
            construct_id,
            application=self._application,
            alias=alias,
            role=self._role,
            alarms=[alarm],
            deployment_config=codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
        )
