"""What a worker does with a delivery that it was handed: pure decisions, one for each state that it may find.

The table of crash points (docs/state.md) is read off this file: a worker may die between any two writes, and
whoever takes the message up next asks `next_step` again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.delivering.record import DeliveryRecord, Worker, first_claim, first_record
from functions.core.domain.delivering.states import SETTLED, TRANSITIONS, State
from functions.core.domain.routing.lanes import LANES
from statline.contract.words import Channel, Priority


@dataclass(frozen=True, slots=True)
class Write:
    """Write this record; then call the provider if it is a claim, or ask again."""

    record: DeliveryRecord


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before this moment: the message goes back to its queue until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing left to do: the message may be deleted."""

    record: DeliveryRecord


Step = Write | Wait | Leave


def next_step(delivery: Delivery, found: DeliveryRecord | None, worker: Worker) -> Step:
    """What to do with a delivery whose stored record is ``found``."""
    if found is None:
        return _begin(delivery, worker)
    if found.state in SETTLED:
        return Leave(found)
    return _BY_STATE[found.state](delivery, found, worker)


def _begin(delivery: Delivery, worker: Worker) -> Step:
    if worker.now >= delivery.expires_at:
        return Write(first_record(delivery, State.EXPIRED, worker.now, reason="expired_before_first_attempt"))
    return Write(first_claim(delivery, worker))


def _sending(_: Delivery, found: DeliveryRecord, worker: Worker) -> Step:
    lease_until = found.lease_until or found.changed_at
    if worker.now < lease_until:
        return Wait(lease_until)
    return Write(found.with_outcome("lease_ran_out").moved(State.UNKNOWN, worker.now, reason="lease_ran_out"))


def _retrying(delivery: Delivery, found: DeliveryRecord, worker: Worker) -> Step:
    if worker.now >= delivery.expires_at:
        return Write(found.moved(State.EXPIRED, worker.now, reason="expired_before_next_attempt"))
    if found.not_before is not None and worker.now < found.not_before:
        return Wait(found.not_before)
    return _again(found, worker)


def _unknown(delivery: Delivery, found: DeliveryRecord, worker: Worker) -> Step:
    if worker.now >= delivery.expires_at:
        return Write(found.moved(State.EXPIRED, worker.now, reason="outcome_unknown"))
    if sends_again_after_unknown(delivery):
        return _again(found, worker)
    deadline = min(found.changed_at + LANES[delivery.priority].receipt_wait, delivery.expires_at)
    if worker.now < deadline:
        return Wait(deadline)
    return Write(found.moved(State.EXPIRED, worker.now, reason="outcome_unknown"))


def _again(found: DeliveryRecord, worker: Worker) -> Step:
    if found.attempt >= LANES[found.priority].attempts:
        return Write(found.moved(State.FAILED, worker.now, reason="attempts_exhausted"))
    return Write(found.claimed(worker))


_BY_STATE: Mapping[State, Callable[[Delivery, DeliveryRecord, Worker], Step]] = {
    State.SENDING: _sending,
    State.RETRYING: _retrying,
    State.UNKNOWN: _unknown,
}


def sends_again_after_unknown(delivery: Delivery) -> bool:
    """Whether a lost answer is followed by another call.

    Voice: Connect knows the client token and starts no second call while the first lives. Push: the device shows one
    message per collapse id. SMS: a second text is worse than none, except for stat.
    """
    return delivery.key.channel is not Channel.SMS or delivery.priority is Priority.STAT


def after_outcome(claim: DeliveryRecord, outcome: Outcome, now: datetime) -> DeliveryRecord:
    """The record that follows a provider's answer to the claimed attempt."""
    match outcome:
        case Accepted(provider_id=provider_id, code=code):
            return claim.with_outcome(code, provider_id).moved(State.ACCEPTED, now)
        case NeverRetry(code=code):
            return claim.with_outcome(code).moved(State.FAILED, now, reason=code)
        case Unknown(code=code):
            return claim.with_outcome(code).moved(State.UNKNOWN, now, reason=code)
        case RetryLater(code=code, after=after):
            return _after_retry_later(claim.with_outcome(code), code, after, now)


def _after_retry_later(claim: DeliveryRecord, code: str, after: timedelta | None, now: datetime) -> DeliveryRecord:
    lane = LANES[claim.priority]
    if claim.attempt >= lane.attempts:
        return claim.moved(State.FAILED, now, reason="attempts_exhausted")
    due = now + lane.retry_after(claim.attempt)
    if due >= claim.expires_at:
        return claim.moved(State.EXPIRED, now, reason=code)
    asked_for = now + (after or timedelta())
    if asked_for >= claim.expires_at:
        # There was time, and the provider has none for us before it is over: a stat's next way has.
        return claim.moved(State.FAILED, now, reason=code)
    return claim.moved(State.RETRYING, now, reason=code, not_before=max(due, asked_for))


def reconciled(stored: DeliveryRecord, claim: DeliveryRecord, outcome: Outcome, now: datetime) -> DeliveryRecord | None:
    """What a late answer still adds to a record that has moved on meanwhile; None when it adds nothing.

    Another worker may have recorded UNKNOWN, or a receipt may have come before our own ACCEPTED: the answer to an
    attempt moves the state only where that attempt is still the latest and the table allows the step; otherwise it
    adds the provider's id to its attempt and leaves the state alone.
    """
    if stored.attempt == claim.attempt and stored.state in {State.SENDING, State.UNKNOWN}:
        after = after_outcome(claim, outcome, now)
        if after.state is stored.state:
            return None
        if after.state in TRANSITIONS[stored.state]:
            return stored.with_outcome(after.attempts[-1].code, after.attempts[-1].provider_id).moved(
                after.state, now, reason=after.reason, not_before=after.not_before
            )
    if isinstance(outcome, Accepted):
        noted = stored.with_outcome(outcome.code, outcome.provider_id, attempt=claim.attempt)
        return None if noted == stored else noted.noted(now)
    return None
