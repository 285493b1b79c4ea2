"""The schedules of roll calls."""

import json
from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.config.roll_calls import RollCall

_SCHEDULED = scheduler.ContextAttribute.scheduled_time
"""Scheduler puts the moment in: a call that it makes twice, or again later, is of the same roll call."""
_LATEST = Duration.minutes(10)
"""A roll call that starts later than this after a shift's start says nothing about it any more."""


def schedule_roll_calls(scope: Construct, *, roll_calls: Sequence[RollCall], function: lambda_.IFunction) -> None:
    """Have EventBridge Scheduler call the function with each roll call's tenant and team, at its local time."""
    if not roll_calls:
        return
    caller = iam.Role(
        scope,
        "RollCaller",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
        ),
    )
    iam.Grant.add_to_principal(grantee=caller, actions=["lambda:InvokeFunction"], resource_arns=[function.function_arn])
    rights = caller.node.find_child("DefaultPolicy")
    for call in roll_calls:
        schedule = scheduler.CfnSchedule(
            scope,
            f"RollCall{call.name}",
            description=f"Statline: roll call of {call.team} of {call.tenant}",
            schedule_expression=call.cron,
            schedule_expression_timezone=call.zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=caller.role_arn,
                input=json.dumps({"tenant": call.tenant, "team": call.team, "at": _SCHEDULED}),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=_LATEST.to_seconds(), maximum_retry_attempts=2
                ),
            ),
        )
        schedule.node.add_dependency(rights)
