"""Record what a receipt says of a delivery, and do what follows from it.

A stat that was not delivered goes its next way: that way is on its queue before UNDELIVERED is stored, as it is before
FAILED. Afterwards its notification is watched again, and its activation is looked at. Whatever is repeated changes
nothing:

    died before                  is found next time        and ends as
    the next way is sent         the record as it was      the same
    UNDELIVERED is stored        the record as it was      the next way twice; its channel knows it
    it is watched and looked at  UNDELIVERED               a watch and a look, which may be the second ones
"""

from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, next_way
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.standing import ways_of
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError, TemporaryError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates, Outbox
from functions.core.domain.ports.escalation import Escalation
from functions.core.domain.ports.routing import WatchList
from functions.core.domain.receipts.receipt_states import NotYet, Receipt, after_receipt
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import watch_of
from functions.core.services.plan_shelf import PlanShelf

ROUNDS = 5
"""How often a receipt is tried again when others write the same record, before it comes again."""
REACHED = frozenset({State.DELIVERED, State.READ})


class ReceiptTooEarlyError(TemporaryError):
    """A receipt came before the answer to the call that it is of."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a receipt.

    record: what is stored now; None where nothing is stored of the delivery: its time is over, or it was never ours.
    moved: this receipt moved its state. reached_at: when the phone was reached, where this receipt is the first to say
    so; sent_at: when its notification was sent, where that is still known.
    """

    receipt: Receipt
    record: DeliveryRecord | None
    moved: bool = False
    reached_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordReceipt:
    """The use case, with its ports."""

    states: DeliveryStates
    plans: PlanShelf
    watch_list: WatchList
    outbox: Outbox
    escalation: Escalation
    clock: Clock

    def __call__(self, receipt: Receipt) -> Recorded:
        """Record one receipt; late, twice or out of order, it moves no state backwards.

        Raises `TemporaryError` where a table or a queue did not answer, or it came too early: it is to come again.
        """
        (found,) = self.states.read([receipt.key])
        moved = False
        for _ in range(ROUNDS):
            if found is None:
                return Recorded(receipt, None)
            step = after_receipt(found, receipt, self.clock())
            if isinstance(step, NotYet):
                raise ReceiptTooEarlyError("a receipt came before the answer to its call")
            if step is None:
                return self._done(receipt, found, found, moved=False)
            moved = step.state is not found.state
            if moved and step.state is State.UNDELIVERED:
                self._open_next_way(receipt.key)
            (stored,) = self.states.write([step])
            if stored is None:
                raise StoreUnavailableError("the delivery-state table took no receipt")
            if stored == step:
                return self._done(receipt, found, step, moved=moved)
            found = stored
        raise StoreUnavailableError("others went on writing the record of a receipt")

    def _done(self, receipt: Receipt, before: DeliveryRecord, now: DeliveryRecord, *, moved: bool) -> Recorded:
        """What follows from what is stored, also where an earlier worker stored it and died."""
        if receipt.state is State.UNDELIVERED and now.state is State.UNDELIVERED:
            self._go_on(receipt.key)
        if not moved or now.state not in REACHED or before.state in REACHED:
            return Recorded(receipt, now, moved)
        plan = self.plans.find(receipt.key.tenant, receipt.key.notification)
        return Recorded(receipt, now, moved, min(receipt.at, self.clock()), plan.sent_at if plan else None)

    def _open_next_way(self, key: DeliveryKey) -> None:
        """Put the next way on its queue. Has somebody answered meanwhile, its channel sees that, and is silent."""
        delivery = _delivery_in(self.plans.find(key.tenant, key.notification), key)
        way = next_way(delivery) if delivery else None
        if way is not None and self.outbox.send([way]):
            raise QueueUnavailableError("the queue of a stat's next way took nothing")

    def _go_on(self, key: DeliveryKey) -> None:
        plan = self.plans.find(key.tenant, key.notification)
        delivery = _delivery_in(plan, key)
        if plan is None or delivery is None:
            return
        watched = watch_of(plan)
        if watched is not None and next_way(delivery) is not None:
            self.watch_list.put_back(watched)
        if delivery.roles:
            self.escalation.look([Look(key.tenant, activation_of(key.notification))])


def _delivery_in(plan: Plan | None, key: DeliveryKey) -> Delivery | None:
    """The delivery of this key, also where it is one that another has become."""
    return next((way for way in ways_of(plan) if way.key == key), None) if plan else None
