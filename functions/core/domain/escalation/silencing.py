"""What falls silent when somebody has answered: deliveries that have not started, and calls that may still ring."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.answers.acknowledgement import Answers
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord, first_record
from functions.core.domain.delivering.states import State
from functions.core.domain.escalation.deciding import Records, opened_ways
from statline.contract.words import Answer, Channel, Via

RINGING = timedelta(minutes=3)
"""A call that was placed longer ago than this does not ring any more."""
NOT_STARTED = frozenset({State.RETRYING, State.UNKNOWN})
"""Deliveries whose next attempt, if any, has not begun. One without a record has not begun at all."""


@dataclass(frozen=True, slots=True)
class Silence:
    """cancelled: the records to be written. calls: the providers' names of the calls to be ended."""

    cancelled: tuple[DeliveryRecord, ...] = ()
    calls: tuple[str, ...] = ()


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


def silence_of(deliveries: Sequence[Delivery], records: Records, answers: Answers, now: datetime) -> Silence:
    """What is to be done about these deliveries, which are wanted no longer, and about their opened ways."""
    talking = {each.user for each in answers.acknowledgements if each.via is Via.KEY}
    talking |= {word.user for word in answers.words if word.via is Via.KEY}
    cancelled, calls = [], []
    for delivery in deliveries:
        for way, record in opened_ways(delivery, records):
            if record is None:
                cancelled.append(first_record(way, State.CANCELLED, now, reason=reason_of(way, answers)))
            elif record.state in NOT_STARTED:
                cancelled.append(record.moved(State.CANCELLED, now, reason=reason_of(way, answers)))
            elif _rings(record, now) and way.key.recipient not in talking:
                calls.append(record.attempts[-1].provider_id)
    return Silence(tuple(cancelled), tuple(calls))


def _decliners(delivery: Delivery, answers: Answers) -> Iterator[str]:
    for word in answers.words:
        if word.answer is Answer.DECLINE and set(word.roles).issuperset(delivery.roles):
            yield word.user


def _rings(record: DeliveryRecord, now: datetime) -> bool:
    if record.key.channel is not Channel.VOICE or record.state is not State.ACCEPTED or not record.attempts:
        return False
    latest = record.attempts[-1]
    return bool(latest.provider_id) and now - latest.at < RINGING
