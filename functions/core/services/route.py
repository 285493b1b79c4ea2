"""Route a batch: read, check, look up, plan, keep the plan, send its deliveries. One use case, for every lane.

The order of the writes is the safety. A plan is kept before its first delivery is sent, and whoever comes again sends
the kept plan. A refused body is in the quarantine before its refusal is recorded. A message leaves its queue after all
of it; so a crash between any two steps repeats steps that change nothing the second time:

    died before                 is found next time                 and ends as
    the plan is kept            nothing                            a new plan
    all deliveries are sent     the plan                           the same deliveries again; channels know them
    the message is deleted      the plan, everything sent          likewise
    a refusal is recorded       nothing; the body in quarantine    a second copy in quarantine, one refusal
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.core.domain.delivery import DeliveryKey
from functions.core.domain.directory import Entry, EntryKey, Shift, Snapshot
from functions.core.domain.errors import TemporaryError
from functions.core.domain.plan import Plan, RecipientTrouble
from functions.core.domain.ports import Clock, Directory, Notifications, Outbox, Quarantine
from functions.core.domain.producers import Producer, producer_of
from functions.core.domain.reading import Names, Unreadable, read_notification
from functions.core.domain.recipients import entries_behind, named_entries, teams_in, wants_answer
from functions.core.domain.refusals import Fault, Reason, Refusal
from functions.core.domain.routing import digest_of, plan_of
from functions.core.services.shipping import OUT_OF_TIME, send_plans
from statline.contract.notification import MOST_AHEAD, Notification
from statline.contract.words import Channel, Priority

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
class Routed:
    """The plan is kept and every delivery of it is on its queue."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was not taken on; its producer is told."""

    refusal: Refusal


class Why(StrEnum):
    """Why a message stays on its queue."""

    OUTAGE = "outage"
    BUG = "bug"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Retry:
    """The message stays on its queue. ``cause`` names the type of the error, or says that the time was over."""

    cause: str
    why: Why = Why.OUTAGE


Answer = Routed | Refused | Retry


@dataclass(frozen=True, slots=True)
class _No:
    """Why a message is not taken on."""

    reason: Reason
    names: Names
    producer: str = ""
    faults: tuple[Fault, ...] = ()
    troubles: tuple[RecipientTrouble, ...] = ()

    def refusal(self, message: Ingress, at: datetime) -> Refusal:
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
class _Taken:
    """A message that passed everything that can be said without the tables."""

    notification: Notification
    producer: str

    def refused(self, reason: Reason, troubles: tuple[RecipientTrouble, ...] = ()) -> _No:
        names = Names(self.notification.tenant, self.notification.id)
        return _No(reason, names, self.producer, troubles=troubles)


@dataclass(frozen=True, slots=True)
class RouteBatch:
    """The use case, with its ports."""

    directory: Directory
    notifications: Notifications
    outbox: Outbox
    quarantine: Quarantine
    producers: Mapping[str, Producer]
    clock: Clock
    channels: Set[Channel] = frozenset(Channel)

    def __call__(self, batch: Sequence[Ingress]) -> list[Answer]:
        """Route each message of a batch and answer, in order, what became of it. Raises nothing temporary."""
        now = self.clock()
        judged = [self._judge(message, now) for message in batch]
        decided = self._decide(judged, now)
        sent = self._send(decided, now)
        return self._refuse(list(zip(batch, sent, strict=True)), now)

    def _judge(self, message: Ingress, now: datetime) -> _Taken | _No:
        """What the message, its sender and its queue say by themselves."""
        read = read_notification(message.body)
        producer = producer_of(message.sender_id, self.producers)
        names = read.names if isinstance(read, Unreadable) else Names(read.tenant, read.id)
        if producer is None:
            return _No(Reason.UNKNOWN_SENDER, names)
        if isinstance(read, Unreadable):
            return _No(read.reason, names, producer.name, read.faults)
        if read.tenant not in producer.tenants:
            return _No(Reason.UNKNOWN_TENANT, names, producer.name)
        if read.priority is not message.lane or message.lane not in producer.lanes:
            return _No(Reason.WRONG_LANE, names, producer.name)
        if read.sent_at > now + MOST_AHEAD:
            return _No(Reason.INVALID, names, producer.name, (FROM_THE_FUTURE,))
        return _Taken(read, producer.name)

    def _decide(self, judged: Sequence[_Taken | _No], now: datetime) -> list[Plan | _No | Retry]:
        """The kept plan of each message that was taken, over one reading of the directory for all of them."""
        fresh = [j.notification for j in judged if isinstance(j, _Taken) and now < j.notification.expires_at]
        try:
            snapshot = read_snapshot(self.directory, fresh, now)
        except TemporaryError as cause:
            return [j if isinstance(j, _No) else Retry(type(cause).__name__) for j in judged]
        return [j if isinstance(j, _No) else self._keep(j, snapshot, now) for j in judged]

    def _keep(self, taken: _Taken, snapshot: Snapshot, now: datetime) -> Plan | _No | Retry:
        try:
            if now >= taken.notification.expires_at:
                return self._kept_before(taken) or taken.refused(Reason.EXPIRED)
            plan = plan_of(taken.notification, snapshot, producer=taken.producer, now=now, channels=self.channels)
            if not plan.deliveries:
                return self._kept_before(taken) or taken.refused(Reason.NOBODY_REACHABLE, plan.troubles)
            kept = self.notifications.keep(plan)
        except TemporaryError as cause:
            return Retry(type(cause).__name__)
        return kept if kept.digest == plan.digest else taken.refused(Reason.ID_TAKEN)

    def _kept_before(self, taken: _Taken) -> Plan | None:
        """The plan that an earlier try kept for this very message: what was begun is finished."""
        kept = self.notifications.find(taken.notification.tenant, taken.notification.id)
        return kept if kept and kept.digest == digest_of(taken.notification) else None

    def _send(self, decided: Sequence[Plan | _No | Retry], now: datetime) -> list[Routed | _No | Retry]:
        """Send the deliveries of all plans together."""
        unsent = send_plans([plan for plan in decided if isinstance(plan, Plan)], self.outbox, self.clock, now)
        return [_sent(each, unsent) if isinstance(each, Plan) else each for each in decided]

    def _refuse(self, answers: Sequence[tuple[Ingress, Routed | _No | Retry]], now: datetime) -> list[Answer]:
        """Put the bodies of refused messages aside, then record the refusals."""
        settled = [self._set_aside(message, each, now) if isinstance(each, _No) else each for message, each in answers]
        refusals = [each.refusal for each in settled if isinstance(each, Refused)]
        try:
            if refusals:
                self.notifications.refuse(refusals)
        except TemporaryError as cause:
            return [Retry(type(cause).__name__) if isinstance(each, Refused) else each for each in settled]
        return settled

    def _set_aside(self, message: Ingress, no: _No, now: datetime) -> Refused | Retry:
        try:
            self.quarantine.keep(message.body, no.reason)
        except TemporaryError as cause:
            return Retry(type(cause).__name__)
        return Refused(no.refusal(message, now))


def _sent(plan: Plan, unsent: Mapping[DeliveryKey, str]) -> Routed | Retry:
    """A plan is routed when every delivery of it is on its queue; else the first one's cause is told."""
    if not unsent:
        return Routed(plan)
    cause = next((unsent[delivery.key] for delivery in plan.deliveries if delivery.key in unsent), None)
    if cause is None:
        return Routed(plan)
    return Retry(cause, Why.TIME if cause == OUT_OF_TIME else Why.OUTAGE)


def read_snapshot(directory: Directory, notifications: Sequence[Notification], now: datetime) -> Snapshot:
    """What these notifications need of the directory: what they name, and then what that leads to.

    A batch that names users only takes one batch read. Where somebody is to climb, the policies are read as well.
    Raises `StoreUnavailableError`.
    """
    climbing = any(wants_answer(each.kind, each.priority) for each in notifications)
    entries: dict[EntryKey, Entry] = {}
    shifts: dict[tuple[str, str], tuple[Shift, ...]] = {}
    asked: set[EntryKey] = set()
    keys = named_entries(notifications)
    while keys:
        asked.update(keys)
        entries |= directory.find(keys)
        teams = [team for team in teams_in(Snapshot(entries), now) if team not in shifts]
        shifts |= {team: tuple(directory.on_shift(*team, now)) for team in teams}
        behind = entries_behind(Snapshot(entries, shifts), now, climbing=climbing)
        keys = [key for key in behind if key not in asked]
    return Snapshot(entries, shifts)
