"""The functions of the delivery path."""

from collections.abc import Mapping, Sequence
from typing import Any

import jsii
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.core.adapters.environment import Settings
from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT
from infra.constructs.functions.live_function import Workbench, make_live_function
from infra.constructs.queues.queue import EncryptedQueue
from infra.constructs.tables import DeliveryStateTable

_STREAM_BATCH = 100
_STREAM_RETRIES = 20
_STREAM_PATIENCE = Duration.hours(1)


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
        made = make_live_function(
            self,
            name=name,
            description=description,
            settings=settings,
            layers=layers,
            timeout=Duration.seconds(FUNCTION_TIMEOUT.total_seconds()),
            memory_mb=memory_mb,
            workbench=workbench,
            reserve=reserve,
            may_loop=may_loop,
        )
        self.role, self.function, self.alias = made.role, made.function, made.alias

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
