"""One queue: encrypted, over TLS only, with a dead-letter queue behind it where a function works it off."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
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
    """One queue, and the rights that somebody can be given on it.

    behind: the name of the queue whose dead letters it takes. No other queue may name this one for its own: whoever
    makes a queue could else let messages die into ours that the policy of ours refuses.
    """

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
        behind: str = "",
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
            redrive_allow_policy=self._dead_letters_of(behind),
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

    def refuse_strangers(self, *, roles: Sequence[str], senders: Sequence[str]) -> None:
        """Refuse what is sent by anybody but services of AWS, these roles, and these unique ids of users or roles.

        roles: ARNs; of this account, where else a right to send is all that it takes, and nobody need ask the queue.
        Which services, and for what of ours, is what `grant_service_send` says: they have no other right.
        """
        known = {"ArnNotEquals": {"aws:PrincipalArn": list(roles)}} if roles else {}
        # As SQS stamps it on a message as SenderId: a user's id, or a role's id, a colon and the name of the session.
        ids = [pattern for sender in senders for pattern in (sender, f"{sender}:*")]
        named = {"StringNotLike": {"aws:userid": ids}} if ids else {}
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RefuseStrangers",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}, **known, **named},
            )
        )

    def _dead_letters_of(self, name: str) -> sqs.RedriveAllowPolicy:
        if not name:
            return sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL)
        # By its name: it is made after this one, which it names in turn.
        arn = Stack.of(self).format_arn(service="sqs", resource=name)
        return sqs.RedriveAllowPolicy(source_queues=[sqs.Queue.from_queue_arn(self, "Behind", arn)])

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
            behind=name,
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
