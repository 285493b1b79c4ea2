"""Which notifications are watched until they are over.

A stall completes nothing, so nothing that is counted at completion can tell of it. What can is the age of the oldest
delivery that was begun and not ended; so whatever is begun is put on a list, and leaves it when it is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.delivering.delivery import Delivery, trace_of
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Priority

SHARDS = 4
"""Over how many partitions of the index a lane's watched notifications lie: each takes 1,000 writes a second."""
ONE_OF: Mapping[Priority, int] = {Priority.STAT: 1, Priority.URGENT: 1, Priority.ROUTINE: 32}
"""One of how many notifications is watched. A watch costs three write units, and a routine push is to cost no more than
four in all; a stall of the routine lane holds up thousands, so a sample of them tells."""
_SAMPLES = max(ONE_OF.values())


@dataclass(frozen=True, slots=True)
class Watched:
    """An entry of the watch list: a notification, and since when it waits."""

    tenant: str
    notification: str
    lane: Priority
    shard: int
    since: datetime


def watch_of(plan: Plan) -> Watched | None:
    """The entry of a notification on the watch list; None for one that is not watched."""
    return _entry(plan.tenant, plan.notification, plan.priority, begun_at(plan))


def watch_of_delivery(delivery: Delivery) -> Watched | None:
    """The entry of a delivery's notification, as its plan would say it."""
    begun = min(delivery.sent_at, delivery.routed_at)
    return _entry(delivery.key.tenant, delivery.key.notification, delivery.priority, begun)


def begun_at(plan: Plan) -> datetime:
    """When the producer sent it; when it was routed, where the producer's clock runs ahead and would hide a wait."""
    return min(plan.sent_at, plan.routed_at)


def _entry(tenant: str, notification: str, priority: Priority, since: datetime) -> Watched | None:
    number = int(trace_of(tenant, notification), 16)
    if number % ONE_OF[priority]:
        return None
    return Watched(tenant, notification, priority, number // _SAMPLES % SHARDS, since)
