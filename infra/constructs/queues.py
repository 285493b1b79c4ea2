"""Queues: encrypted, over TLS only, and with a dead-letter queue behind each that somebody works off."""

from collections.abc import Iterator, Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.core.domain.lanes import FUNCTION_TIMEOUT, LANES, RECEIVES_BEFORE_DEAD_LETTER
from statline.contract.notification import MAXIMUM_BODY_BYTES
from statline.contract.words import Channel, Priority

_KEPT = Duration.days(4)
_KEPT_FOR_PEOPLE = Duration.days(14)
"""A dead letter's age counts from when it was first sent, and fourteen days is the most that SQS keeps anything."""
_CHANNEL_MESSAGE_BYTES = 262_144
"""A delivery with its other ways is some kilobytes; this is SQS's old limit, which every client still expects."""
_DIRECTORY_RECEIVES = 10
_CALM_VISIBILITY = FUNCTION_TIMEOUT * 6


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
            kept=_KEPT_FOR_PEOPLE,
            visibility=Duration.seconds(_CALM_VISIBILITY.total_seconds()),
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


class Queues(Construct):
    """Every queue of a region.

    ingress: where producers send, by lane.
    channels: where the router sends, by channel and lane; only the channels that the region has.
    directory_changes: what the directory is told.
    quarantine: the bodies of refused messages, for people.
    lost_events: which part of the state table's stream could not be told, for people.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        channels: tuple[Channel, ...],
        key: kms.IKey,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self._removal_policy = removal_policy
        self.ingress = self._lanes("ingress", MAXIMUM_BODY_BYTES)
        self.channels = {channel: self._lanes(channel.value, _CHANNEL_MESSAGE_BYTES) for channel in channels}
        self.directory_changes = self._work(
            "directory-changes", _CHANNEL_MESSAGE_BYTES, _CALM_VISIBILITY.total_seconds(), _DIRECTORY_RECEIVES
        )
        self.quarantine = self._kept_for_people("quarantine")
        self.lost_events = self._kept_for_people("lost-events")

    @property
    def work(self) -> Iterator[WorkQueue]:
        """Every queue that a function works off."""
        yield from self.ingress.values()
        for lanes in self.channels.values():
            yield from lanes.values()
        yield self.directory_changes

    @property
    def stat(self) -> Iterator[WorkQueue]:
        """The stat lane's queues, from the door to the channels."""
        yield self.ingress[Priority.STAT]
        for lanes in self.channels.values():
            yield lanes[Priority.STAT]

    def _lanes(self, stage: str, maximum_bytes: int) -> Mapping[Priority, WorkQueue]:
        return {
            priority: self._work(
                f"{stage}-{priority.value}", maximum_bytes, lane.visibility.total_seconds(), RECEIVES_BEFORE_DEAD_LETTER
            )
            for priority, lane in LANES.items()
        }

    def _work(self, name: str, maximum_bytes: int, visibility_seconds: float, receives: int) -> WorkQueue:
        return WorkQueue(
            self,
            _construct_id(name),
            name=f"statline-{name}",
            key=self._key,
            visibility=Duration.seconds(visibility_seconds),
            maximum_bytes=maximum_bytes,
            receives=receives,
            removal_policy=self._removal_policy,
        )

    def _kept_for_people(self, name: str) -> EncryptedQueue:
        return EncryptedQueue(
            self,
            _construct_id(name),
            name=f"statline-{name}",
            key=self._key,
            kept=_KEPT_FOR_PEOPLE,
            visibility=Duration.seconds(_CALM_VISIBILITY.total_seconds()),
            maximum_bytes=_CHANNEL_MESSAGE_BYTES,
            removal_policy=self._removal_policy,
        )


def _construct_id(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
