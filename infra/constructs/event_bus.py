"""The bus on which producers hear what became of their notifications."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.queues.queue import EncryptedQueue


class DeliveryEvents(Construct):
    """The region's event bus, encrypted with our key.

    lost: where EventBridge puts an event that it has taken and cannot decrypt; else it would be gone without a word.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, lost: EncryptedQueue) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(
            self,
            "Bus",
            event_bus_name="statline",
            description="What became of notifications, and which messages were refused",
            kms_key=key,
            dead_letter_queue=lost.queue,
        )
        lost.grant_service_send("events.amazonaws.com", source_arn=self.bus.event_bus_arn)

    def grant_tell(self, grantee: iam.IGrantable) -> None:
        """Let a function put events on the bus."""
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["events:PutEvents"], resource_arns=[self.bus.event_bus_arn]
        )
