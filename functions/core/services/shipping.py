"""Sends the deliveries of a batch's plans: mostly in one go, and pages to whole hospitals in several.

The plans for which no time is left come again, and find themselves kept. Sent as one, a batch that takes longer than
the function may would begin anew each time, and never end.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Outbox
from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT
from functions.core.domain.routing.plan import Plan

SHIPMENT = 1_000
"""Deliveries that are sent in one go: far more than a usual batch of messages has."""
SENDING_TIME = FUNCTION_TIMEOUT / 2
"""No further shipment begins later than this after the batch was taken: one may take as long again."""

OUT_OF_TIME = "OutOfTime"
"""The cause that is told of a shipment which did not begin."""


def send_plans(plans: Sequence[Plan], outbox: Outbox, clock: Clock, taken_at: datetime) -> dict[DeliveryKey, str]:
    """Send the plans' deliveries; answer the ones that are on no queue, each with the cause."""
    unsent: dict[DeliveryKey, str] = {}
    for number, shipment in enumerate(_shipments(plans)):
        if number and clock() - taken_at > SENDING_TIME:
            unsent |= dict.fromkeys((delivery.key for delivery in shipment), OUT_OF_TIME)
        else:
            refused = outbox.send(shipment)
            unsent |= dict.fromkeys((delivery.key for delivery in refused), QueueUnavailableError.__name__)
    return unsent


def _shipments(plans: Sequence[Plan]) -> Iterator[list[Delivery]]:
    """The deliveries of whole plans, of so many together as `SHIPMENT` allows, and of at least one."""
    shipment: list[Delivery] = []
    for plan in plans:
        if shipment and len(shipment) + len(plan.deliveries) > SHIPMENT:
            yield shipment
            shipment = []
        shipment += plan.deliveries
    if shipment:
        yield shipment
