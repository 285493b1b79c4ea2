"""What a channel does beside delivering: stats that wait for receipts, and activations that must be looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.receipt_deadlines import awaits_receipt
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.ports.delivering import ReceiptDeadlines
from functions.core.domain.ports.escalation import Escalation
from functions.core.domain.routing.lanes import LANES
from statline.contract.words import Priority

Found = tuple[Delivery, DeliveryRecord]
_LOOKS_WHILE_UNKNOWN = LANES[Priority.STAT].next_way_at or 1
"""Up to which attempt a lost answer has its activation looked at: later ones tell a ladder nothing new."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The two queues behind the channels' own. Both take the same thing twice without harm."""

    deadlines: ReceiptDeadlines
    escalation: Escalation

    def await_receipts(self, deliveries: Sequence[Delivery]) -> frozenset[DeliveryKey]:
        """Set the deadlines of those that have one. Answers which ones the queue did not take.

        To be done before ACCEPTED is stored: a worker that dies in between leaves a deadline too many, and none
        missing.
        """
        waiting = [delivery for delivery in deliveries if awaits_receipt(delivery)]
        return frozenset(each.key for each in self.deadlines.set(waiting)) if waiting else frozenset()

    def after(self, found: Sequence[Found], settled_before: Sequence[Found]) -> frozenset[DeliveryKey]:
        """Have the activations looked at whose deliveries ended badly. Answers whose messages must come again.

        settled_before: those of which a message came again. Its first worker may have died before it said so, or found
        the queues away.
        """
        untaken = self._look([each for each in (*found, *settled_before) if _matters(*each)])
        accepted = [delivery for delivery, record in settled_before if record.state is State.ACCEPTED]
        return untaken | self.await_receipts(accepted)

    def _look(self, mattering: Sequence[Found]) -> frozenset[DeliveryKey]:
        names = dict.fromkeys((each.key.tenant, activation_of(each.key.notification)) for each, _ in mattering)
        if not names:
            return frozenset()
        try:
            self.escalation.look([Look(tenant, activation) for tenant, activation in names])
        except QueueUnavailableError:
            return frozenset(delivery.key for delivery, _ in mattering)
        return frozenset()


def _matters(delivery: Delivery, record: DeliveryRecord) -> bool:
    """Whether a ladder may have to climb because of this: it climbs at once where everybody's ways have failed."""
    if not delivery.roles:
        return False
    if record.state is State.UNKNOWN:
        return record.attempt <= _LOOKS_WHILE_UNKNOWN
    return record.state in {State.FAILED, State.EXPIRED}
