"""Let fall silent what nobody needs any more: cancel what has not started, end calls that ring, tell of a stand-down.

All of it may be done again: a record that is cancelled stays so, a call that has ended is no error, and the notice is a
notification with a plan that is kept before it is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from functions.core.domain.answers.acknowledgement import Answers
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.standing import ways_of
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.silencing import silence_of, silenced
from functions.core.domain.escalation.standing_down import notice_of
from functions.core.domain.escalation.step_name import stand_down_id, step_id
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates, Outbox
from functions.core.domain.ports.escalation import RingingCalls
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan


@dataclass(frozen=True, slots=True)
class FallSilent:
    """The use case, with its ports."""

    notifications: Notifications
    states: DeliveryStates
    calls: RingingCalls
    outbox: Outbox
    clock: Clock

    def __call__(self, plan: Plan, ladders: Iterable[Ladder], answers: Answers, roles: Iterable[str]) -> bool:
        """Silence what was for these roles, or for people who declined, and is wanted no longer.

        Answers whether a call of these may begin to ring all the same: it is to be done again in a moment. Raises
        `StoreUnavailableError`: likewise.
        """
        concerned = set(roles)
        paged = [each for each in self._paged(plan, ladders) if concerned.intersection(each.roles)]
        unwanted = silenced(paged, answers)
        if not unwanted:
            return False
        keys = list(dict.fromkeys(way.key for way in ways_of(plan.model_copy(update={"deliveries": tuple(unwanted)}))))
        records = dict(zip(keys, self.states.read(keys), strict=True))
        silence = silence_of(unwanted, records, answers, self.clock())
        if silence.calls:
            self.calls.stop(silence.calls)
        if silence.cancelled and None in self.states.write(silence.cancelled):
            raise StoreUnavailableError("the delivery-state table left out some that were to be cancelled")
        return silence.begun

    def tell(self, plan: Plan, ladders: Iterable[Ladder], *, again: bool) -> None:
        """Tell everybody who was paged that the activation was stood down; one who was told is not told again.

        again: send the notice although it was kept before: whoever kept it may have died.
        Raises `StoreUnavailableError`, `QueueUnavailableError`: it is to be done again.
        """
        notice = self.notifications.find(plan.tenant, stand_down_id(plan.notification))
        if notice is not None and not again:
            return
        if notice is None:
            notice = self.notifications.keep(self._notice(plan, ladders))
        if notice.deliveries and self.outbox.send(notice.deliveries):
            raise QueueUnavailableError("the channels' queues left out some whom a stand-down is to be told")

    def _notice(self, plan: Plan, ladders: Iterable[Ladder]) -> Plan:
        activation = plan.activation
        code, push = (activation.code, activation.push) if activation else ("", None)
        return notice_of(plan, code, self._paged(plan, ladders), push, self.clock())

    def _paged(self, plan: Plan, ladders: Iterable[Ladder]) -> Sequence[Delivery]:
        """Everything that was sent: the first page, and each ladder's steps.

        A step's plan is kept before its ladder says that it was climbed: so the one after the position counts, too.
        """
        positions = {ladder.role: ladder.at for ladder in ladders}
        steps = [
            self.notifications.find(plan.tenant, step_id(plan.notification, ladder.name(at)))
            for ladder in (plan.activation.ladders if plan.activation else ())
            for at in range(1, min(positions.get(ladder.role, 0) + 1, len(ladder.rungs)) + 1)
        ]
        return [*plan.deliveries, *chain.from_iterable(step.deliveries for step in steps if step)]
