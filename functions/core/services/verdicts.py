"""What becomes of the messages of a channel's batch."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.core.domain.delivering.claiming import sends_again_after_unknown
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.outcomes import Outcome
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import SETTLED, State
from functions.core.domain.routing.lanes import LANES, LEASE

MOMENT = timedelta(seconds=1)
"""The wait after a race that was not decided, and after something that no queue took."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a provider said to this worker's call, and when it was heard."""

    outcome: Outcome
    at: datetime
    provider: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one message: deleted when ``again_in`` is None, else back on its queue for that long.

    ``record`` is what is stored now, where this worker knows it; ``acted`` says that this worker moved it. ``answered``
    is None where this worker made no call.
    """

    delivery: Delivery
    record: DeliveryRecord | None
    again_in: timedelta | None
    acted: bool = False
    answered: Answered | None = None


def was_settled(verdict: Verdict) -> bool:
    """Whether a message came whose delivery had come to its end before."""
    return verdict.again_in is None and not verdict.acted


def come_again(keys: Collection[DeliveryKey], verdicts: dict[DeliveryKey, Verdict]) -> None:
    """Have the messages of these come again soon, where they would have been deleted."""
    for key in keys:
        if verdicts[key].again_in is None:
            verdicts[key] = replace(verdicts[key], again_in=MOMENT)


def unanswered(delivery: Delivery) -> Verdict:
    """The state table did not say what is stored: the message comes back after its lane's time, as after a crash."""
    return Verdict(delivery, None, LANES[delivery.priority].visibility)


def hidden_for(delivery: Delivery, record: DeliveryRecord, now: datetime) -> timedelta | None:
    """How long the message stays hidden, given what is stored now."""
    if record.state in SETTLED:
        return None
    lane = LANES[delivery.priority]
    if record.state is State.RETRYING and record.not_before is not None:
        return max(record.not_before - now, timedelta())
    if record.state is State.UNKNOWN and sends_again_after_unknown(delivery):
        return lane.retry_after(max(record.attempt, 1))
    if record.state is State.UNKNOWN:
        return lane.receipt_wait
    return LEASE
