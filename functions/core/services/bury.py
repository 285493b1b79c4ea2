"""Take up dead letters of the stat lane: another way at once, the producer told, the letter kept for people.

A dead letter is what no worker could process however often it was handed out. Each step may be repeated without harm:
a second copy in the quarantine, a next way whose row makes its second copy harmless, one refusal by the message's id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from functions.core.domain.delivering.delivery import Delivery, next_way
from functions.core.domain.delivering.record import DeliveryRecord, first_record
from functions.core.domain.delivering.states import SETTLED, State
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates, Outbox, Quarantine
from functions.core.domain.ports.escalation import Escalation
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import digest_of
from functions.core.domain.routing.reading import Names, Unreadable, read_notification
from functions.core.domain.routing.refusals import Reason, Refusal
from statline.contract.words import Priority

DEAD = "dead_letter"


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A dead letter of an ingress queue: the router could not process it."""

    message_id: str
    body: str


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """A dead letter of a channel's queue. ``delivery`` is None where the body is none."""

    message_id: str
    body: str
    delivery: Delivery | None


Letter = DeadMessage | DeadDelivery
Stays = Callable[[Letter, Exception], None]
"""Told of a letter that stays on its queue, and why."""


def _tell_nobody(_: Letter, __: Exception) -> None:
    """For who has no log."""


@dataclass(frozen=True, slots=True)
class BuryLetters:
    """The use case, with its ports."""

    states: DeliveryStates
    notifications: Notifications
    outbox: Outbox
    quarantine: Quarantine
    escalation: Escalation
    clock: Clock
    stays: Stays = _tell_nobody

    def __call__(self, letters: Sequence[Letter]) -> list[bool]:
        """Take up each letter; False where something did not answer and the letter is to stay where it is."""
        return [self._try(letter) for letter in letters]

    def _try(self, letter: Letter) -> bool:
        try:
            return self._bury(letter)
        except Exception as cause:  # noqa: BLE001 - whatever it is: it is told, and one letter's bug holds up no other
            self.stays(letter, cause)
            return False

    def _bury(self, letter: Letter) -> bool:
        if isinstance(letter, DeadMessage):
            return self._end_message(letter)
        if letter.delivery is None:
            self.quarantine.keep(letter.body, DEAD)
            return True
        return self._end(letter, letter.delivery)

    def _end_message(self, letter: DeadMessage) -> bool:
        """Refuse a message that was never routed; finish one whose plan the router kept before it was lost."""
        read = read_notification(letter.body)
        if isinstance(read, Unreadable):
            names = read.names
        else:
            names = Names(read.tenant, read.id)
            plan = self.notifications.find(read.tenant, read.id)
            if plan is not None and plan.digest == digest_of(read):
                return self._finish(plan)
        self.quarantine.keep(letter.body, DEAD)
        self.notifications.refuse([self._refusal(letter, names)])
        return True

    def _finish(self, plan: Plan) -> bool:
        if plan.activation is not None:
            self.escalation.look([Look(plan.tenant, plan.notification)])
        return not self.outbox.send(plan.deliveries)

    def _refusal(self, letter: DeadMessage, names: Names) -> Refusal:
        return Refusal(
            message_id=letter.message_id,
            reason=Reason.DEAD_LETTER,
            at=self.clock(),
            lane=Priority.STAT,
            tenant=names.tenant,
            notification=names.notification,
        )

    def _end(self, letter: DeadDelivery, delivery: Delivery) -> bool:
        (found,) = self.states.read([delivery.key])
        if found is not None and found.state in SETTLED:
            self._look(delivery)  # whoever ended it may have died before asking for that
            return True  # it came to its end; only its message was left over
        way = next_way(delivery)
        if way is not None and self.outbox.send([way]):
            return False
        self.quarantine.keep(letter.body, DEAD)
        ended = self._failed(delivery, found)
        if self.states.write([ended]) != [ended]:
            return False
        self._look(delivery)
        return True

    def _look(self, delivery: Delivery) -> None:
        """Its ladder may have to climb at once."""
        if delivery.roles:
            self.escalation.look([Look(delivery.key.tenant, activation_of(delivery.key.notification))])

    def _failed(self, delivery: Delivery, found: DeliveryRecord | None) -> DeliveryRecord:
        if found is None:
            return first_record(delivery, State.FAILED, self.clock(), reason=DEAD)
        return found.moved(State.FAILED, self.clock(), reason=DEAD)
