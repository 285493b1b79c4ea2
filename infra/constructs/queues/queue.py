"""One queue: encrypted, over TLS only, with a dead-letter queue behind it where a function works it off."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT

KEPT_FOR_PEOPLE = Duration.days(14)
"""A dead letter's age counts from when it was first sent, and fourteen days is the most that SQS keeps anything."""
CALM_VISIBILITY = Duration.seconds(FUNCTION_TIMEOUT.total_seconds() * 6)
"""What AWS advises for a queue that nobody's second depends on: six times its consumer's timeout."""
_KEPT = Duration.days(4)


class EncryptedQueue(Construct):
    """One queue, and the rights that somebody can be given on it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey,
        kept: Duration,
        visibility: Duration,
        maximum_bytes: int,
        removal_policy: RemovalPolicy,
        dead_letters: sqs.DeadLetterQueue | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self.name = name
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=kept,
            visibility_timeout=visibility,
            max_message_size_bytes=maximum_bytes,
            dead_letter_queue=dead_letters,
            removal_policy=removal_policy,
        )

    def grant_send(self, grantee: iam.IGrantable) -> None:
        """Let a principal of this account put messages on the queue."""
        self._grant(grantee, "sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes")
        self._grant_key(grantee, "kms:GenerateDataKey", "kms:Decrypt")

    def grant_count(self, grantee: iam.IGrantable) -> None:
        """Let a person see how much lies in the queue, and nothing of what it says."""
        self._grant(grantee, "sqs:GetQueueUrl", "sqs:GetQueueAttributes")

    def grant_receive(self, grantee: iam.IGrantable) -> None:
        """Let a consumer take messages, postpone them and delete them."""
        self._grant(
            grantee,
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueUrl",
            "sqs:GetQueueAttributes",
        )
        self._grant_key(grantee, "kms:Decrypt")

    def grant_foreign_send(self, principal: iam.IPrincipal) -> None:
        """Let a principal of another account put messages on the queue; the key must let it, too."""
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[principal],
                actions=["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
                resources=[self.queue.queue_arn],
            )
        )

    def grant_service_send(self, service: str, *, source_arn: str) -> None:
        """Let a service of AWS put messages on the queue for one source of ours; the key must let it, too."""
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
            )
        )

    def _grant(self, grantee: iam.IGrantable, *actions: str) -> None:
        iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=[self.queue.queue_arn])

    def _grant_key(self, grantee: iam.IGrantable, *actions: str) -> None:
        iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=[self._key.key_arn])


class WorkQueue(Construct):
    """A queue that a function works off, and the dead-letter queue behind it.

    Rights are given on ``main`` and on ``dead`` apart: who works the one off has no business with the other.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey,
        visibility: Duration,
        maximum_bytes: int,
        receives: int,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead = EncryptedQueue(
            self,
            "Dead",
            name=f"{name}-dlq",
            key=key,
            kept=KEPT_FOR_PEOPLE,
            visibility=CALM_VISIBILITY,
            maximum_bytes=maximum_bytes,
            removal_policy=removal_policy,
        )
        self.main = EncryptedQueue(
            self,
            "Main",
            name=name,
            key=key,
            kept=_KEPT,
            visibility=visibility,
            maximum_bytes=maximum_bytes,
            removal_policy=removal_policy,
            dead_letters=sqs.DeadLetterQueue(max_receive_count=receives, queue=self.dead.queue),
        )
