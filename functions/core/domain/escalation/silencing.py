"""What falls silent when somebody has answered: deliveries that have not started, and calls that may still ring."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from functions.core.domain.answers.acknowledgement import Answers
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord, first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.deciding import Records, declined, opened_ways
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.routing.lanes import LEASE
from statline.contract.words import Answer, Channel, LadderState, Via

RINGING = timedelta(minutes=3)
"""A call that was placed longer ago than this does not ring any more."""
NEVER = datetime.min.replace(tzinfo=UTC)
NOT_STARTED = frozenset({State.RETRYING, State.UNKNOWN})
"""Deliveries whose next attempt, if any, has not begun. One without a record has not begun at all."""


CALL_BEGINS = timedelta(seconds=2)
"""How soon a call is looked for that a worker was at when its role was answered. Its provider has said by then."""
JUST_ENDED = LEASE + 3 * CALL_BEGINS
"""How long after a ladder's end a call may begin to ring: no claim lives longer that was made before it."""
BY_WORD = frozenset({LadderState.ACKNOWLEDGED, LadderState.STOOD_DOWN})


@dataclass(frozen=True, slots=True)
class Silence:
    """cancelled: the records to be written. calls: the providers' names of the calls to be ended.

    begun: a worker is at a call of which nobody can say yet whether it rings, and by which name it is ended.
    """

    cancelled: tuple[DeliveryRecord, ...] = ()
    calls: tuple[str, ...] = ()
    begun: bool = False


def silenced(deliveries: Iterable[Delivery], answers: Answers) -> list[Delivery]:
    """The deliveries that are wanted no longer."""
    return [delivery for delivery in deliveries if reason_of(delivery, answers)]


def reason_of(delivery: Delivery, answers: Answers) -> str:
    """Why a delivery is wanted no longer; empty where it still is. What is for nobody's role is never silenced."""
    if not delivery.roles:
        return ""
    if answers.stood_down is not None:
        return "stood_down"
    if answers.covered.issuperset(delivery.roles):
        return "acknowledged"
    return "declined" if any(delivery.key.recipient == user for user in _decliners(delivery, answers)) else ""


def may_be_loud(ladder: Ladder, answers: Answers, now: datetime) -> bool:
    """Whether something of a ladder is to fall silent beside its end: somebody declined, or it ended a moment ago."""
    if ladder.climbing:
        return bool(declined(answers, ladder.role))
    return ladder.state in BY_WORD and now - ladder.changed_at < JUST_ENDED


def silence_of(deliveries: Sequence[Delivery], records: Records, answers: Answers, now: datetime) -> Silence:
    """What is to be done about these deliveries, which are wanted no longer, and about their opened ways."""
    pressed = _pressed(answers)
    cancelled, calls, begun = [], [], False
    for delivery in deliveries:
        for way, record in opened_ways(delivery, records):
            if record is None:
                cancelled.append(first_record(way, State.CANCELLED, now, reason=reason_of(way, answers)))
            elif record.state in NOT_STARTED:
                cancelled.append(record.moved(State.CANCELLED, now, reason=reason_of(way, answers)))
            elif _rings(record, now) and pressed.get(way.key.recipient, NEVER) < record.attempts[-1].at:
                calls.append(record.attempts[-1].provider_id)
            begun = begun or _begins(record, now)
    return Silence(tuple(cancelled), tuple(calls), begun)


def _pressed(answers: Answers) -> dict[str, datetime]:
    """When each person last pressed a key: on a call that was placed before, and who is on it hears the answer out."""
    accepted = [(each.at, each.user) for each in answers.acknowledgements if each.via is Via.KEY]
    said = [(word.at, word.user) for word in answers.words if word.via is Via.KEY]
    return {user: at for at, user in sorted([*accepted, *said])}


def _decliners(delivery: Delivery, answers: Answers) -> Iterator[str]:
    for word in answers.words:
        if word.answer is Answer.DECLINE and set(word.roles).issuperset(delivery.roles):
            yield word.user


def _begins(record: DeliveryRecord | None, now: datetime) -> bool:
    """Whether a worker may be about to place a call. One whose lease is over has died; the next reads the answer."""
    if record is None or record.key.channel is not Channel.VOICE or record.state is not State.SENDING:
        return False
    return record.lease_until is not None and now < record.lease_until


def _rings(record: DeliveryRecord, now: datetime) -> bool:
    if record.key.channel is not Channel.VOICE or record.state is not State.ACCEPTED or not record.attempts:
        return False
    latest = record.attempts[-1]
    return bool(latest.provider_id) and now - latest.at < RINGING
