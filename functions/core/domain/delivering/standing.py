"""How far a notification is: which of its deliveries still wait for us, and whether all of it is over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.delivering.claiming import sends_again_after_unknown
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, next_way
from functions.core.domain.delivering.receipt_deadlines import RECEIPT_LATE
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import SETTLED, State
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import begun_at
from statline.contract.words import Channel

Records = Mapping[DeliveryKey, DeliveryRecord | None]
_GOES_ON = frozenset({State.FAILED, State.UNDELIVERED})
"""Behind these, a stat goes its next way."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits for us, and since when."""

    key: DeliveryKey
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a notification is: on each channel the delivery that waits longest, and whether all of it is over."""

    waiting: Mapping[Channel, Waiting]
    over: bool


def ways_of(plan: Plan) -> Iterator[Delivery]:
    """The plan's deliveries, and behind each what it becomes when it fails for good. A way may come twice."""
    for delivery in plan.deliveries:
        way: Delivery | None = delivery
        while way is not None:
            yield way
            way = next_way(way)


def opens_the_next(record: DeliveryRecord) -> bool:
    """Whether the way behind this one is on its queue, if there is one."""
    return record.state in _GOES_ON or record.reason == RECEIPT_LATE


def standing_of(plan: Plan, records: Records, now: datetime) -> Standing:
    """How far a notification is, by the records of all its ways. What has expired waits for nobody."""
    if now >= plan.expires_at:
        return Standing({}, over=True)
    waiting: dict[Channel, Waiting] = {}
    over = True
    for way, since in _opened(plan, records):
        record = records.get(way.key)
        over = over and record is not None and record.state in SETTLED
        longest = waiting.get(way.key.channel)
        if waits_for_us(way, record) and (longest is None or since < longest.since):
            waiting[way.key.channel] = Waiting(way.key, since)
    return Standing(waiting, over)


def waits_for_us(delivery: Delivery, record: DeliveryRecord | None) -> bool:
    """Whether a worker has something left to do for a delivery. A text that only waits for its receipt has nobody."""
    if record is None:
        return True
    if record.state is State.UNKNOWN:
        return sends_again_after_unknown(delivery)
    return record.state not in SETTLED


def _opened(plan: Plan, records: Records) -> Iterator[tuple[Delivery, datetime]]:
    """The ways that have been opened, each with the moment since which its channel has it.

    A way that a stat took later is not its channel's delay from the start on: a push that fails for a minute would
    otherwise make the texts that follow look as if they stood still.
    """
    for delivery in plan.deliveries:
        way: Delivery | None = delivery
        since: datetime | None = begun_at(plan)
        while way is not None and since is not None:
            yield way, since
            following = next_way(way)
            since = _opened_at(records.get(way.key), records.get(following.key)) if following else None
            way = following


def _opened_at(before: DeliveryRecord | None, own: DeliveryRecord | None) -> datetime | None:
    """When a way was opened: its queue has it before FAILED or UNDELIVERED is written, or earlier, when it was claimed.

    Of an ACCEPTED without a receipt, the word that it is late is written just before.
    """
    moments = []
    if before is not None and opens_the_next(before):
        moments.append(before.changed_at)
    if own is not None:
        moments.append(own.attempts[0].at if own.attempts else own.changed_at)
    return min(moments, default=None)
