"""Take up dead letters of the stat lane: another way at once, the producer told, the letter kept for people.

A dead letter is what no worker could process however often it was handed out. Each step may be repeated without harm:
a second copy in the quarantine, a next way whose row makes its second copy harmless, one refusal by the message's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.core.domain.delivery import Delivery, next_way
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.ports import Clock, DeliveryStates, Notifications, Outbox, Quarantine
from functions.core.domain.reading import Names, Unreadable, read_notification
from functions.core.domain.record import DeliveryRecord, first_record
from functions.core.domain.refusals import Reason, Refusal
from functions.core.domain.states import SETTLED, State
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


@dataclass(frozen=True, slots=True)
class BuryLetters:
    """The use case, with its ports."""

    states: DeliveryStates
    notifications: Notifications
    outbox: Outbox
    quarantine: Quarantine
    clock: Clock

    def __call__(self, letters: Sequence[Letter]) -> list[bool]:
        """Take up each letter; False where something did not answer and the letter is to stay where it is."""
        return [self._try(letter) for letter in letters]

    def _try(self, letter: Letter) -> bool:
        try:
            return self._bury(letter)
        except (StoreUnavailableError, QueueUnavailableError):
            return False

    def _bury(self, letter: Letter) -> bool:
        if isinstance(letter, DeadMessage):
            self.quarantine.keep(letter.body, DEAD)
            self.notifications.refuse([self._refusal(letter)])
            return True
        if letter.delivery is None:
            self.quarantine.keep(letter.body, DEAD)
            return True
        return self._end(letter, letter.delivery)

    def _refusal(self, letter: DeadMessage) -> Refusal:
        read = read_notification(letter.body)
        names = read.names if isinstance(read, Unreadable) else Names(read.tenant, read.id)
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
            return True  # it came to its end; only its message was left over
        self.quarantine.keep(letter.body, DEAD)
        way = next_way(delivery)
        if way is not None and self.outbox.send([way]):
            return False
        ended = self._failed(delivery, found)
        return self.states.write([ended]) == [ended]

    def _failed(self, delivery: Delivery, found: DeliveryRecord | None) -> DeliveryRecord:
        if found is None:
            return first_record(delivery, State.FAILED, self.clock(), reason=DEAD)
        return found.moved(State.FAILED, self.clock(), reason=DEAD)
