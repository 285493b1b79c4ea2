"""The one builder of Lambda functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.core.adapters.environment import Settings
from functions.core.domain.lanes import FUNCTION_TIMEOUT
from infra.assets.target import Target
from infra.assets.workshop import Workshop
from infra.constructs.queue import EncryptedQueue
from infra.constructs.rollout import Rollouts
from infra.constructs.tables import DeliveryStateTable

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
_STREAM_BATCH = 100
_STREAM_RETRIES = 20
_STREAM_PATIENCE = Duration.hours(1)


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


class DeliveryFunction(Construct):
    """A function of the delivery path: ``functions/<name>``, its role, its log group and its alias ``live``.

    It is in no VPC on purpose. There is no route from it to a database, so nothing that happens to one can touch
    delivery; what it talks to has public endpoints with TLS and IAM.

    The role starts with the right to write its own log and nothing else; what it may touch is granted by the
    resource's construct. Sources are mapped on the alias, so a deploy shifts them in steps with it.

    may_loop: Lambda breaks a chain SQS - function - SQS of about 16 hops, taking it for an error. A stat that fails on
        one channel goes on to the next one's queue, and a retried message's chain gets longer with each receive: for
        functions that send to channels' queues the chain is meant, and its end is in the delivery's own state.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        settings: Settings,
        layers: Sequence[lambda_.ILayerVersion],
        reserve: int,
        memory_mb: int,
        workbench: Workbench,
        may_loop: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.node.set_context(_VERSIONS_KNOW_LAYERS, True)
        function_name = f"statline-{name.replace('_', '-')}"
        self._log_group = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{function_name}",
            encryption_key=workbench.log_key,
            retention=workbench.log_retention,
            removal_policy=workbench.removal_policy,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self._log_group.grant_write(self.role)
        package = workbench.workshop.function(name)
        target = workbench.workshop.target
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=function_name,
            description=description,
            runtime=runtime_of(target),
            architecture=architecture_of(target),
            code=lambda_.Code.from_asset(str(package.path), asset_hash=package.hash),
            handler=f"functions.{name}.handler.handle",
            layers=list(layers),
            environment=settings.to_environment(),
            timeout=Duration.seconds(FUNCTION_TIMEOUT.total_seconds()),
            memory_size=memory_mb,
            reserved_concurrent_executions=reserve,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if may_loop else None,
            # Otherwise CloudFormation deletes the version before, and on-call has nothing to go back to.
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
            role=self.role,
            log_group=self._log_group,
        )
        self.alias = lambda_.Alias(self, "Live", alias_name=_ALIAS, version=self.function.current_version)
        workbench.rollouts.shift(construct_id, alias=self.alias)

    def work_off(self, construct_id: str, *, queue: EncryptedQueue, concurrency: int, batch: int) -> None:
        """Consume a queue, answering for each message on its own. Nothing waits for a batch to fill."""
        queue.grant_receive(self.role)
        self.alias.add_event_source_mapping(
            construct_id,
            event_source_arn=queue.queue.queue_arn,
            batch_size=batch,
            max_concurrency=concurrency,
            max_batching_window=Duration.seconds(0),
            report_batch_item_failures=True,
        )

    def follow(
        self, construct_id: str, *, table: DeliveryStateTable, sort_keys: Sequence[str], lost: EncryptedQueue
    ) -> None:
        """Consume the table's stream: what was written (not what time deleted) under these sort keys' beginnings.

        A record that cannot be told is singled out by halving the batch. When its retries are over, where it lies in
        the stream goes to ``lost``, and the stream goes on.
        """
        table.grant_follow(self.role)
        lost.grant_send(self.role)
        self.alias.add_event_source_mapping(
            construct_id,
            event_source_arn=table.stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=_STREAM_BATCH,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=_STREAM_RETRIES,
            max_record_age=_STREAM_PATIENCE,
            on_failure=_SendTo(lost),
            filters=[_written_under(sort_keys)],
        )


@jsii.implements(lambda_.IEventSourceDlq)
class _SendTo:
    """A queue as an on-failure destination. CDK's own class grants more of the key than a sender needs."""

    def __init__(self, queue: EncryptedQueue) -> None:
        self._queue = queue.queue

    def bind(
        self, _target: lambda_.IEventSourceMapping, _target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        return lambda_.DlqDestinationConfig(destination=self._queue.queue_arn)


def _written_under(sort_keys: Sequence[str]) -> Mapping[str, Any]:
    """The filter for rows that were made or changed, by the beginnings of their sort keys."""
    return lambda_.FilterCriteria.filter(
        {
            "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
            "dynamodb": {"Keys": {"sk": {"S": [{"prefix": beginning} for beginning in sort_keys]}}},
        }
    )
