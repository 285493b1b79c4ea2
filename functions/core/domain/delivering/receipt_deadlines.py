"""Until when an accepted stat must have its receipt, and when it has gone without one for too long."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Channel, Priority

WAITS: Mapping[Channel, timedelta] = {
    Channel.PUSH: timedelta(seconds=60),
    Channel.SMS: timedelta(seconds=60),
    # A phone that rings for so long is answered by nobody, or by its voicemail.
    Channel.VOICE: timedelta(seconds=45),
}
"""How long after its acceptance a stat waits for the word that it arrived."""
SKEW = timedelta(seconds=5)
"""How far the clocks of two workers may be apart."""
RECEIPT_LATE = "receipt_late"
"""The reason of an ACCEPTED whose receipt did not come in time: its next way was opened then."""


def awaits_receipt(delivery: Delivery) -> bool:
    """Whether something is done where no receipt comes: a stat with another way, which really goes to somebody."""
    return delivery.priority is Priority.STAT and not delivery.rehearsed and bool(delivery.fallbacks)


def is_overdue(delivery: Delivery, record: DeliveryRecord | None, now: datetime) -> bool:
    """Whether a delivery whose deadline has struck is still without a word of it.

    A deadline that was set for an earlier attempt strikes early for the latest one, which has its own.
    """
    if record is None or record.state is not State.ACCEPTED or now >= delivery.expires_at:
        return False
    return now + SKEW >= record.attempts[-1].at + WAITS[delivery.key.channel]


def overdue(record: DeliveryRecord, now: datetime) -> DeliveryRecord:
    """The record with the word that its receipt is late; the same where it has it."""
    return record if record.reason == RECEIPT_LATE else replace(record.noted(now), reason=RECEIPT_LATE)


def has_another_channel(delivery: Delivery, plan: Plan) -> bool:
    """Whether the same person gets the same notification on another channel anyway."""
    return any(
        each.key.recipient == delivery.key.recipient and each.key.channel is not delivery.key.channel
        for each in plan.deliveries
    )
