"""Every queue of a region."""

from collections.abc import Iterator, Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

from functions.core.domain.routing.lanes import LANES, RECEIVES_BEFORE_DEAD_LETTER
from infra.constructs.queues.queue import CALM_VISIBILITY, KEPT_FOR_PEOPLE, EncryptedQueue, WorkQueue
from statline.contract.notification import MAXIMUM_BODY_BYTES
from statline.contract.words import Channel, Priority

_CHANNEL_MESSAGE_BYTES = 262_144
"""A delivery with its other ways is some kilobytes; this is SQS's old limit, which every client still expects."""
_LOOK_BYTES = 4_096
"""A look at an activation names it, and a role."""
_CALM_RECEIVES = 10
_TICK_BYTES = 1_024
_TICKS_KEPT = Duration.minutes(5)
"""A tick waits for up to two minutes until its moment; one that nobody took up soon after it is over."""


class Queues(Construct):
    """Every queue of a region.

    ingress: where producers send, by lane.
    channels: where the router sends, by channel and lane; only the channels that the region has.
    directory_changes: what the directory is told.
    escalation: the looks at activations, those of now and those of later.
    receipts: what became of deliveries, and what people answer.
    receipt_deadlines: stats that a provider has accepted, until their receipts must be there.
    roll_calls: reports of roll calls, until people have had their time to answer.
    ticks: what a function sends itself, to work more often than once a minute, by the function's name.
    quarantine: the bodies of refused messages, for people.
    lost_events: which part of the state table's stream could not be told, and events that the bus lost; for people.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        channels: tuple[Channel, ...],
        ticking: tuple[str, ...],
        key: kms.IKey,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self._removal_policy = removal_policy
        self.ingress = self._lanes("ingress", MAXIMUM_BODY_BYTES)
        self.channels = {channel: self._lanes(channel.value, _CHANNEL_MESSAGE_BYTES) for channel in channels}
        self.directory_changes = self._work(
            "directory-changes", _CHANNEL_MESSAGE_BYTES, CALM_VISIBILITY, _CALM_RECEIVES
        )
        self.escalation = self._prompt("escalation", _LOOK_BYTES)
        self.receipts = self._prompt("receipts", _CHANNEL_MESSAGE_BYTES)
        self.receipt_deadlines = self._prompt("receipt-deadlines", _CHANNEL_MESSAGE_BYTES)
        self.roll_calls = self._work("roll-calls", _CHANNEL_MESSAGE_BYTES, CALM_VISIBILITY, _CALM_RECEIVES)
        self.ticks = {function: self._ticks(function) for function in ticking}
        self.quarantine = self._kept_for_people("quarantine")
        self.lost_events = self._kept_for_people("lost-events")

    @property
    def work(self) -> Iterator[WorkQueue]:
        """Every queue that a function works off."""
        yield from self.ingress.values()
        for lanes in self.channels.values():
            yield from lanes.values()
        yield from (self.directory_changes, self.escalation, self.receipts, self.receipt_deadlines, self.roll_calls)

    @property
    def everything(self) -> Iterator[EncryptedQueue]:
        """Every queue, those behind others, too."""
        for queue in self.work:
            yield from (queue.main, queue.dead)
        yield from (self.quarantine, self.lost_events)

    @property
    def stat(self) -> Iterator[WorkQueue]:
        """The stat lane's queues, from the door to the channels."""
        yield self.ingress[Priority.STAT]
        for lanes in self.channels.values():
            yield lanes[Priority.STAT]

    def _lanes(self, stage: str, maximum_bytes: int) -> Mapping[Priority, WorkQueue]:
        return {
            priority: self._work(
                f"{stage}-{priority.value}",
                maximum_bytes,
                Duration.seconds(lane.visibility.total_seconds()),
                RECEIVES_BEFORE_DEAD_LETTER,
            )
            for priority, lane in LANES.items()
        }

    def _prompt(self, name: str, maximum_bytes: int) -> WorkQueue:
        """One for which a stat's patience holds: a killed worker's message is taken up again within seconds."""
        visibility = Duration.seconds(LANES[Priority.STAT].visibility.total_seconds())
        return self._work(name, maximum_bytes, visibility, RECEIVES_BEFORE_DEAD_LETTER)

    def _work(self, name: str, maximum_bytes: int, visibility: Duration, receives: int) -> WorkQueue:
        return WorkQueue(
            self,
            _construct_id(name),
            name=f"statline-{name}",
            key=self._key,
            visibility=visibility,
            maximum_bytes=maximum_bytes,
            receives=receives,
            removal_policy=self._removal_policy,
        )

    def _ticks(self, function: str) -> EncryptedQueue:
        name = f"{function}-ticks"
        return EncryptedQueue(
            self,
            _construct_id(name),
            name=f"statline-{name}",
            key=self._key,
            kept=_TICKS_KEPT,
            visibility=CALM_VISIBILITY,
            maximum_bytes=_TICK_BYTES,
            removal_policy=self._removal_policy,
        )

    def _kept_for_people(self, name: str) -> EncryptedQueue:
        return EncryptedQueue(
            self,
            _construct_id(name),
            name=f"statline-{name}",
            key=self._key,
            kept=KEPT_FOR_PEOPLE,
            visibility=CALM_VISIBILITY,
            maximum_bytes=_CHANNEL_MESSAGE_BYTES,
            removal_policy=self._removal_policy,
        )


def _construct_id(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
