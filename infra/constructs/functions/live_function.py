"""The one builder of Lambda functions, whatever they are for."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.core.adapters.environment import Settings
from infra.assets.target import Target
from infra.assets.workshop import Workshop
from infra.constructs.functions.names import function_name, role_name
from infra.constructs.functions.rollout import Rollouts

_ALIAS = "live"
_VERSIONS_KNOW_LAYERS = "@aws-cdk/aws-lambda:recognizeLayerVersion"
"""CDK leaves a layer's contents out of what makes a version unless this is on: a mended library would be deployed and
never reach the alias, which goes by versions."""
_RUNTIMES = {
    "3.11": lambda_.Runtime.PYTHON_3_11,
    "3.12": lambda_.Runtime.PYTHON_3_12,
    "3.13": lambda_.Runtime.PYTHON_3_13,
    "3.14": lambda_.Runtime.PYTHON_3_14,
}
_ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}

_INTERFACES = iam.PolicyStatement(
    sid="LetLambdaPutItIntoItsNetwork",
    actions=[
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ],
    resources=["*"],
)
"""Lambda makes a network's interfaces in the function's name, and asks for these on everything. The function itself has
no way to EC2's endpoint."""


def runtime_of(target: Target) -> lambda_.Runtime:
    """Lambda's runtime for a target."""
    return _RUNTIMES[target.python]


def architecture_of(target: Target) -> lambda_.Architecture:
    """Lambda's architecture for a target."""
    return _ARCHITECTURES[target.architecture]


@dataclass(frozen=True, slots=True)
class Workbench:
    """What all functions of a stack have in common."""

    workshop: Workshop
    rollouts: Rollouts
    log_key: kms.IKey
    log_retention: logs.RetentionDays
    removal_policy: RemovalPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A network for a function: its subnets there, and the security group that says what it reaches."""

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection
    security_group: ec2.ISecurityGroup


@dataclass(frozen=True, slots=True)
class LiveFunction:
    """A function, its role, which may write its own log and nothing else yet, and its alias ``live``."""

    role: iam.Role
    function: lambda_.Function
    alias: lambda_.Alias


def make_live_function(
    scope: Construct,
    *,
    name: str,
    description: str,
    settings: Settings,
    layers: Sequence[lambda_.ILayerVersion],
    timeout: Duration,
    memory_mb: int,
    workbench: Workbench,
    reserve: int | None,
    may_loop: bool = False,
    place: Place | None = None,
) -> LiveFunction:
    """``functions/<name>`` in the given scope, with its log group, role and alias. A deploy shifts the alias in steps.

    reserve: the concurrency that is kept free for it, and its limit; None is neither. may_loop: see `DeliveryFunction`.
    place: None is in no network.
    """
    scope.node.set_context(_VERSIONS_KNOW_LAYERS, True)
    shown = function_name(name)
    log_group = logs.LogGroup(
        scope,
        "Log",
        log_group_name=f"/aws/lambda/{shown}",
        encryption_key=workbench.log_key,
        retention=workbench.log_retention,
        removal_policy=workbench.removal_policy,
    )
    role = iam.Role(
        scope,
        "Role",
        role_name=role_name(name, region=Stack.of(scope).region),
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    )
    log_group.grant_write(role)
    if place is not None:
        role.add_to_policy(_INTERFACES)
    package, target = workbench.workshop.function(name), workbench.workshop.target
    function = lambda_.Function(
        scope,
        "Function",
        function_name=shown,
        description=description,
        runtime=runtime_of(target),
        architecture=architecture_of(target),
        code=lambda_.Code.from_asset(str(package.path), asset_hash=package.hash),
        handler=f"functions.{name}.handler.handle",
        layers=list(layers),
        environment=settings.to_environment(),
        timeout=timeout,
        memory_size=memory_mb,
        reserved_concurrent_executions=reserve,
        recursive_loop=lambda_.RecursiveLoop.ALLOW if may_loop else None,
        # Otherwise CloudFormation deletes the version before, and on-call has nothing to go back to.
        current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
        role=role,
        log_group=log_group,
        vpc=place.vpc if place else None,
        vpc_subnets=place.subnets if place else None,
        security_groups=[place.security_group] if place else None,
    )
    alias = lambda_.Alias(scope, "Live", alias_name=_ALIAS, version=function.current_version)
    workbench.rollouts.shift(scope.node.id, alias=alias)
    return LiveFunction(role, function, alias)
