"""Whether a message of an ingress queue is taken on: what it, its sender and its queue say by themselves. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.routing.plan import RecipientTrouble
from functions.core.domain.routing.producers import Producer, producer_of
from functions.core.domain.routing.reading import Names, Unreadable, read_message
from functions.core.domain.routing.refusals import Fault, Reason, Refusal
from statline.contract.notification import MOST_AHEAD, Notification
from statline.contract.stand_down import StandDown
from statline.contract.words import Priority

FROM_THE_FUTURE = Fault("sent_at", "must not be more than a day ahead")
"""A time in the next century would outlive every table's, and one at the end of the calendar cannot be added to."""


@dataclass(frozen=True, slots=True)
class Ingress:
    """One message of an ingress queue: its id, what it says, who put it there, and on which lane."""

    message_id: str
    body: str
    sender_id: str
    lane: Priority


@dataclass(frozen=True, slots=True)
class No:
    """Why a message is not taken on."""

    reason: Reason
    names: Names
    producer: str = ""
    faults: tuple[Fault, ...] = ()
    troubles: tuple[RecipientTrouble, ...] = ()

    def refusal(self, message: Ingress, at: datetime) -> Refusal:
        """As it is recorded."""
        return Refusal(
            message_id=message.message_id,
            reason=self.reason,
            at=at,
            lane=message.lane,
            producer=self.producer,
            tenant=self.names.tenant,
            notification=self.names.notification,
            faults=self.faults,
            troubles=tuple((trouble.recipient, trouble.trouble.value) for trouble in self.troubles),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """A notification that passed everything that can be said without the tables."""

    notification: Notification
    producer: str

    def refused(self, reason: Reason, troubles: tuple[RecipientTrouble, ...] = ()) -> No:
        """What becomes of it where the tables say otherwise."""
        names = Names(self.notification.tenant, self.notification.id)
        return No(reason, names, self.producer, troubles=troubles)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that calls an activation off, from one who may say it on this lane."""

    word: StandDown
    producer: str
    lane: Priority

    def refused(self, reason: Reason) -> No:
        """What becomes of it where the tables say otherwise."""
        return No(reason, Names(self.word.tenant, self.word.id), self.producer)


Admitted = Taken | Word | No


def admitted(message: Ingress, producers: Mapping[str, Producer], now: datetime) -> Admitted:
    """What a message is, or why it is not taken on."""
    read = read_message(message.body)
    producer = producer_of(message.sender_id, producers)
    names = read.names if isinstance(read, Unreadable) else Names(read.tenant, read.id)
    if producer is None:
        return No(Reason.UNKNOWN_SENDER, names)
    if isinstance(read, Unreadable):
        return No(read.reason, names, producer.name, read.faults)
    refused = _refused(read, producer, message.lane, now)
    if refused is not None:
        reason, faults = refused
        return No(reason, names, producer.name, faults)
    if isinstance(read, StandDown):
        return Word(read, producer.name, message.lane)
    return Taken(read, producer.name)


def _refused(
    read: Notification | StandDown, producer: Producer, lane: Priority, now: datetime
) -> tuple[Reason, tuple[Fault, ...]] | None:
    if not producer.may_send_for(read.tenant):
        return Reason.UNKNOWN_TENANT, ()
    if lane not in producer.lanes or not _is_of(read, lane):
        return Reason.WRONG_LANE, ()
    if read.sent_at > now + MOST_AHEAD:
        return Reason.INVALID, (FROM_THE_FUTURE,)
    return None


def _is_of(read: Notification | StandDown, lane: Priority) -> bool:
    """A word that calls off says no priority: its activation has one."""
    return isinstance(read, StandDown) or read.priority is lane
