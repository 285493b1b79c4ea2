"""Route a batch: read, check, look up, plan, keep the plan, send its deliveries. One use case, for every lane.

The order of the writes is the safety. A plan is kept before its first delivery is sent, and whoever comes again sends
the kept plan. A refused body is in the quarantine before its refusal is recorded. A message leaves its queue after all
of it; so a crash between any two steps repeats steps that change nothing the second time:

    died before                 is found next time                 and ends as
    the plan is kept            nothing                            a new plan
    all deliveries are sent     the plan                           the same deliveries again; channels know them
    a look is asked for         the plan, everything sent          likewise, and the look
    the message is deleted      the plan, everything sent          likewise, and a second look, which changes nothing
    a refusal is recorded       nothing; the body in quarantine    a second copy in quarantine, one refusal

The word that calls an activation off comes by the same queues. It is taken after the notifications of its batch.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from functions.core.domain.answers.acknowledgement import StoodDown
from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.directory.entries import Entry, EntryKey, Shift, Snapshot
from functions.core.domain.errors import TemporaryError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Outbox, Quarantine
from functions.core.domain.ports.directory import Directory
from functions.core.domain.ports.escalation import Acknowledgements, Escalation
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.admission import Admitted, Ingress, No, Taken, Word, admitted
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import digest_of, plan_of
from functions.core.domain.routing.producers import Producer
from functions.core.domain.routing.recipients import entries_behind, named_entries, teams_in, wants_answer
from functions.core.domain.routing.refusals import Reason, Refusal
from functions.core.services.call_off import CallOff, NotYetRouted
from functions.core.services.shipping import OUT_OF_TIME, send_plans
from statline.contract.notification import Notification
from statline.contract.words import Channel, Kind


@dataclass(frozen=True, slots=True)
class Routed:
    """The plan is kept and every delivery of it is on its queue."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was not taken on; its producer is told."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class CalledOff:
    """An activation is called off, and everything that follows is under way."""

    word: StoodDown


class Why(StrEnum):
    """Why a message stays on its queue."""

    OUTAGE = "outage"
    BUG = "bug"
    TIME = "time"
    EARLY = "early"
    """It calls off what has not been routed yet."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The message stays on its queue. ``cause`` names the type of the error, or says that the time was over."""

    cause: str
    why: Why = Why.OUTAGE


Answer = Routed | CalledOff | Refused | Retry


_Decided = Plan | StoodDown | No | Retry


@dataclass(frozen=True, slots=True)
class RouteBatch:
    """The use case, with its ports."""

    directory: Directory
    notifications: Notifications
    outbox: Outbox
    quarantine: Quarantine
    producers: Mapping[str, Producer]
    clock: Clock
    escalation: Escalation
    acknowledgements: Acknowledgements
    channels: Set[Channel] = frozenset(Channel)
    second_providers: Mapping[Channel, str] = field(default_factory=dict)

    def __call__(self, batch: Sequence[Ingress]) -> list[Answer]:
        """Route each message of a batch and answer, in order, what became of it. Raises nothing temporary."""
        now = self.clock()
        judged = [admitted(message, self.producers, now) for message in batch]
        decided = self._decide(judged, now)
        sent = self._send(decided, now)
        unlooked = self._look(decided)
        answers = [unlooked.get(number, answer) for number, answer in enumerate(sent)]
        return self._refuse(list(zip(batch, answers, strict=True)), now)

    def _decide(self, judged: Sequence[Admitted], now: datetime) -> list[_Decided]:
        """The kept plan of each message that was taken, over one reading of the directory for all of them.

        Then the words that call activations off: they may be of this very batch.
        """
        fresh = [j.notification for j in judged if isinstance(j, Taken) and now < j.notification.expires_at]
        try:
            snapshot = read_snapshot(self.directory, fresh, now)
        except TemporaryError as cause:
            away = Retry(type(cause).__name__)
            planned: list[Word | _Decided] = [away if isinstance(j, Taken) else j for j in judged]
        else:
            planned = [self._keep(j, snapshot, now) if isinstance(j, Taken) else j for j in judged]
        return [self._call_off(each, now) if isinstance(each, Word) else each for each in planned]

    def _call_off(self, said: Word, now: datetime) -> StoodDown | No | Retry:
        call_off = CallOff(self.notifications, self.acknowledgements)
        try:
            stored = call_off(said.word, said.producer, said.lane, now)
        except NotYetRouted as early:
            return Retry(type(early).__name__, Why.EARLY)
        except TemporaryError as cause:
            return Retry(type(cause).__name__)
        return said.refused(stored) if isinstance(stored, Reason) else stored

    def _keep(self, taken: Taken, snapshot: Snapshot, now: datetime) -> Plan | No | Retry:
        try:
            if now >= taken.notification.expires_at:
                return self._kept_before(taken) or taken.refused(Reason.EXPIRED)
            plan = plan_of(
                taken.notification,
                snapshot,
                producer=taken.producer,
                now=now,
                channels=self.channels,
                second_providers=self.second_providers,
            )
            if not comes_to_something(plan):
                return self._kept_before(taken) or taken.refused(Reason.NOBODY_REACHABLE, plan.troubles)
            kept = self.notifications.keep(plan)
        except TemporaryError as cause:
            return Retry(type(cause).__name__)
        return kept if kept.digest == plan.digest else taken.refused(Reason.ID_TAKEN)

    def _kept_before(self, taken: Taken) -> Plan | None:
        """The plan that an earlier try kept for this very message: what was begun is finished."""
        kept = self.notifications.find(taken.notification.tenant, taken.notification.id)
        return kept if kept and kept.digest == digest_of(taken.notification) else None

    def _look(self, decided: Sequence[_Decided]) -> dict[int, Retry]:
        """Have the activations looked at: the new ones, and those that are called off. Answer which were not.

        Also those of which not every delivery is on its queue: a ladder climbs whatever else is in trouble.
        """
        looks = {number: look for number, each in enumerate(decided) if (look := _look_at(each))}
        try:
            if looks:
                self.escalation.look(list(looks.values()))
        except TemporaryError as cause:
            return dict.fromkeys(looks, Retry(type(cause).__name__))
        return {}

    def _send(self, decided: Sequence[_Decided], now: datetime) -> list[Routed | CalledOff | No | Retry]:
        """Send the deliveries of all plans together."""
        unsent = send_plans([plan for plan in decided if isinstance(plan, Plan)], self.outbox, self.clock, now)
        return [_settled(each, unsent) for each in decided]

    def _refuse(
        self, answers: Sequence[tuple[Ingress, Routed | CalledOff | No | Retry]], now: datetime
    ) -> list[Answer]:
        """Put the bodies of refused messages aside, then record the refusals."""
        settled = [self._set_aside(message, each, now) if isinstance(each, No) else each for message, each in answers]
        refusals = [each.refusal for each in settled if isinstance(each, Refused)]
        try:
            if refusals:
                self.notifications.refuse(refusals)
        except TemporaryError as cause:
            return [Retry(type(cause).__name__) if isinstance(each, Refused) else each for each in settled]
        return settled

    def _set_aside(self, message: Ingress, no: No, now: datetime) -> Refused | Retry:
        try:
            self.quarantine.keep(message.body, no.reason)
        except TemporaryError as cause:
            return Retry(type(cause).__name__)
        return Refused(no.refusal(message, now))


def comes_to_something(plan: Plan) -> bool:
    """Whether a plan is kept: it reaches somebody, a ladder of it climbs on, or a roll call tells who is missing."""
    ladders = plan.activation.ladders if plan.activation else ()
    return bool(plan.deliveries or any(ladder.rungs or plan.kind is Kind.ROLL_CALL for ladder in ladders))


def _look_at(decided: _Decided) -> Look | None:
    match decided:
        case Plan(activation=activation) if activation is not None:
            return Look(decided.tenant, decided.notification)
        case StoodDown(tenant=tenant, activation=activation):
            return Look(tenant, activation)
        case _:
            return None


def _settled(decided: _Decided, unsent: Mapping[DeliveryKey, str]) -> Routed | CalledOff | No | Retry:
    match decided:
        case Plan():
            return _sent(decided, unsent)
        case StoodDown():
            return CalledOff(decided)
        case _:
            return decided


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
