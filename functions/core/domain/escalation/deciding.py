"""When a ladder climbs, and when it ends: one pure decision over what is stored, whoever asks for it and however often.

The clock of a position starts when a provider takes over the first of its deliveries, or after a grace where none does.
So a ladder climbs with every provider down. Where nobody of a position can be expected to answer, it climbs at once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.core.domain.answers.acknowledgement import Answers
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, next_way
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.standing import opens_the_next
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.activation import LadderPlan
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Answer, LadderState

GRACE = timedelta(seconds=30)
"""When the clock of a position starts at the latest."""
PROBES = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30))
"""When a position is looked at whose clock has not started: nobody tells of an acceptance."""
REACHED = frozenset({State.ACCEPTED, State.DELIVERED, State.READ})
LOST = frozenset({State.FAILED, State.UNKNOWN, State.EXPIRED, State.UNDELIVERED, State.CANCELLED})
"""A way that nobody is counted on to answer by, so that the next ones are paged at once."""
DEAD = LOST - {State.UNKNOWN}
"""A way by which nobody can answer. After the last rung nobody is left to page, so a lost answer is waited for."""
ENDED_BY_WORD = frozenset({LadderState.CLIMBING, LadderState.EXHAUSTED})
"""An acceptance or a stand-down ends these: somebody who comes late comes, and what still rings is to stop."""

Records = Mapping[DeliveryKey, DeliveryRecord | None]


@dataclass(frozen=True, slots=True)
class Position:
    """What is known of those who were paged at a ladder's position.

    accepted_at: when a provider was asked that took over the first of their deliveries.
    lost_at: since when none of them is counted on to answer: all have declined, or are lost on every way.
    dead_at: since when none of them can answer.
    """

    accepted_at: datetime | None = None
    lost_at: datetime | None = None
    dead_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do before ``wake_at``; the next rung is due at ``due_at`` unless somebody acknowledges."""

    due_at: datetime
    wake_at: datetime


@dataclass(frozen=True, slots=True)
class Fire:
    """The next rung is to be climbed, and was to be since ``since``."""

    since: datetime


@dataclass(frozen=True, slots=True)
class End:
    """The ladder is at its end."""

    state: LadderState


Decision = Rest | Fire | End


def opened(plan: Plan, ladder: LadderPlan, grace: timedelta = GRACE) -> Ladder:
    """The first record of a ladder: the same whoever writes it."""
    at = plan.routed_at
    due_at = at + grace + timedelta(seconds=ladder.first_wait) if ladder.rungs else plan.expires_at
    return Ladder(
        tenant=plan.tenant,
        activation=plan.notification,
        role=ladder.role,
        state=LadderState.CLIMBING,
        revision=1,
        at=0,
        opened_at=at,
        due_at=due_at,
        wake_at=min(at + PROBES[0] if ladder.rungs else due_at, plan.expires_at),
        changed_at=at,
        expires_at=plan.expires_at,
    )


def climbed(ladder: Ladder, plan: LadderPlan, now: datetime, grace: timedelta = GRACE, *, paged: bool) -> Ladder:
    """The record of a ladder whose next rung was fired. Where that paged nobody, the one after it is due at once."""
    wait = timedelta(seconds=plan.rungs[ladder.at].wait)
    return replace(
        ladder,
        revision=ladder.revision + 1,
        at=ladder.at + 1,
        opened_at=now,
        due_at=now + grace + wait,
        wake_at=min(now + PROBES[0], ladder.expires_at) if paged else now,
        changed_at=now,
    )


def rested(ladder: Ladder, rest: Rest, now: datetime) -> Ladder:
    """The record of a ladder that goes on waiting; itself, where nothing is new."""
    if (ladder.due_at, ladder.wake_at) == (rest.due_at, rest.wake_at):
        return ladder
    return replace(ladder, revision=ladder.revision + 1, due_at=rest.due_at, wake_at=rest.wake_at, changed_at=now)


def ended(ladder: Ladder, state: LadderState, now: datetime) -> Ladder:
    """The record of a ladder at its end."""
    return replace(ladder, revision=ladder.revision + 1, state=state, changed_at=now)


def decide(ladder: Ladder, plan: LadderPlan, position: Position, now: datetime, grace: timedelta = GRACE) -> Decision:
    """What is to be done for a ladder that climbs and that nobody's word has ended (`end_of`)."""
    if not plan.rungs:
        return Rest(ladder.expires_at, ladder.expires_at)
    clock = _clock(ladder, position, grace)
    due_at = min(ladder.due_at, clock + _wait(ladder, plan))
    last = ladder.at == len(plan.rungs)
    hopeless = position.dead_at if last else position.lost_at
    since = due_at if hopeless is None else min(due_at, hopeless)
    if now >= since:
        return End(LadderState.EXHAUSTED) if last else Fire(since)
    return Rest(due_at, min(since, ladder.expires_at, *_probes(ladder, position, now)))


def end_of(ladder: Ladder, answers: Answers, now: datetime) -> LadderState | None:
    """How a ladder ends whatever its position is; None where it does not."""
    if ladder.state in ENDED_BY_WORD and answers.stood_down is not None:
        return LadderState.STOOD_DOWN
    if ladder.state in ENDED_BY_WORD and ladder.role in answers.covered:
        return LadderState.ACKNOWLEDGED
    return LadderState.EXPIRED if ladder.climbing and now >= ladder.expires_at else None


def is_unanswered(ladder: Ladder, plan: LadderPlan) -> bool:
    """Whether a ladder at its end is one that nobody answered. One that only waited ends quietly."""
    return ladder.state is LadderState.EXHAUSTED or (ladder.state is LadderState.EXPIRED and bool(plan.rungs))


def position_of(ladder: Ladder, page: Sequence[Delivery], records: Records, answers: Answers) -> Position:
    """What is known of a position by the records of its deliveries' ways. ``page``: what was sent for it."""
    ways: dict[str, list[DeliveryRecord | None]] = {}
    for delivery in page:
        ways.setdefault(delivery.key.recipient, []).extend(record for _, record in opened_ways(delivery, records))
    said = declined(answers, ladder.role)
    accepted = [_asked_at(record) for each in ways.values() for record in each if record and record.state in REACHED]
    return Position(
        accepted_at=min(accepted, default=None),
        lost_at=_without(ways, said, LOST, ladder.opened_at),
        dead_at=_without(ways, said, DEAD, ladder.opened_at),
    )


def declined(answers: Answers, role: str) -> dict[str, datetime]:
    """Who declined a role, and when. Somebody who accepts after that declines no longer."""
    return {word.user: word.at for word in answers.words if word.answer is Answer.DECLINE and role in word.roles}


def opened_ways(delivery: Delivery, records: Records) -> Iterator[tuple[Delivery, DeliveryRecord | None]]:
    """A delivery and those of its other ways that were opened.

    One was, where it has a record, or the way before it has failed, was not delivered, or has no receipt in time: then
    its queue has it, and nobody has claimed it yet.
    """
    way: Delivery | None = delivery
    is_open = True
    while way is not None:
        record = records.get(way.key)
        if is_open or record is not None:
            yield way, record
        is_open = record is not None and opens_the_next(record)
        way = next_way(way)


def _without(
    ways: Mapping[str, Sequence[DeliveryRecord | None]],
    said: Mapping[str, datetime],
    states: Collection[State],
    opened_at: datetime,
) -> datetime | None:
    """Since when everybody has declined, or is in such states on every way. Nobody at all is so from the start."""
    moments = [opened_at]
    for person, records in ways.items():
        if person in said:
            moments.append(said[person])
            continue
        for record in records:
            if record is None or record.state not in states:
                return None
            moments.append(record.changed_at)
    return max(moments)


def _asked_at(record: DeliveryRecord) -> datetime:
    """When the provider was asked. A receipt that comes later moves the record, and not this."""
    return record.attempts[-1].at if record.attempts else record.changed_at


def _clock(ladder: Ladder, position: Position, grace: timedelta) -> datetime:
    latest = ladder.opened_at + grace
    return latest if position.accepted_at is None else min(position.accepted_at, latest)


def _wait(ladder: Ladder, plan: LadderPlan) -> timedelta:
    return timedelta(seconds=plan.rungs[ladder.at - 1].wait if ladder.at else plan.first_wait)


def _probes(ladder: Ladder, position: Position, now: datetime) -> list[datetime]:
    """The moments of looks that are still to come, while no acceptance is known of."""
    if position.accepted_at is not None:
        return []
    return [moment for probe in PROBES if (moment := ladder.opened_at + probe) > now]
