"""Look at an activation, and do what is to be done. Whoever asks, and however often: what is stored decides.

The order of the writes is the safety. A step is kept and sent before its ladder says so; what is unwanted is silenced
before the ladder says that it ended; a ladder's moment is stored before the timer for it is armed. So a crash between
any two of them leaves a ladder that says too little, and the next look does again what changes nothing the second time:

    died before              is found next time                and ends as
    ladders are opened       the plan; some phones entered     the same ladders
    a step is sent           its plan, the ladder below it     the kept plan, sent
    the ladder has climbed   the same, everything sent         the same deliveries again; channels know them
    the timer is armed       the ladder with its new moment    a timer, when the message comes again, or a sweep
    the ladder has ended     answers; some cancelled           the rest cancelled

The router's row that has an activation looked at stays due until all ladders are stored: from then on they are due
themselves.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from functions.core.domain.answers.acknowledgement import Answers
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.standing import ways_of
from functions.core.domain.errors import StoreUnavailableError, TemporaryError
from functions.core.domain.escalation.activation import Activation, LadderPlan
from functions.core.domain.escalation.climbing import Step
from functions.core.domain.escalation.deciding import (
    GRACE,
    Decision,
    End,
    Fire,
    Rest,
    climbed,
    decide,
    declined,
    end_of,
    ended,
    is_unanswered,
    opened,
    position_of,
    rested,
)
from functions.core.domain.escalation.ladder import FIRST_LOOK_WITHIN, Asked, Ladder, Look
from functions.core.domain.escalation.silencing import CALL_BEGINS, may_be_loud
from functions.core.domain.escalation.step_name import step_id
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates
from functions.core.domain.ports.escalation import Acknowledgements, Escalation, Ladders
from functions.core.domain.ports.routing import Notifications
from functions.core.domain.routing.plan import Plan
from functions.core.services.fall_silent import FallSilent
from functions.core.services.fire_step import FireStep, enter_phones
from statline.contract.words import LadderState

ROUNDS = 5
"""How often a ladder is ended anew when others write it, before the message comes again."""
MOST_HOPS = 2_000
"""After so many looks, each armed by the one before, no timer is armed: the sweep goes on, once a minute."""


class EscalationFigures(Protocol):
    """Where the figures go."""

    def step_late(self, step: Plan, late: timedelta) -> None:
        """A step was fired, so long after its moment."""
        ...

    def ended(self, ladder: Ladder, *, unanswered: bool) -> None:
        """A ladder is about to end. It is told before it is stored: twice at times, and never not at all.

        unanswered: all that could be climbed for it was, or its time was over, and nobody is coming.
        """
        ...


@dataclass(slots=True)
class _Seen:
    """What one look has read, and the moments for which timers are to be armed.

    written: the roles whose ladders this look has stored: their timers are its to arm.
    opened: some ladders were not there, and this look has opened them.
    """

    plan: Plan
    activation: Activation
    plans: Mapping[str, LadderPlan]
    ladders: dict[str, Ladder]
    answers: Answers
    written: set[str]
    opened: bool


@dataclass(frozen=True, slots=True)
class Escalate:
    """The use case, with its ports."""

    notifications: Notifications
    states: DeliveryStates
    ladders: Ladders
    acknowledgements: Acknowledgements
    escalation: Escalation
    fire: FireStep
    silent: FallSilent
    figures: EscalationFigures
    clock: Clock
    grace: timedelta = GRACE

    def __call__(self, asked: Asked) -> None:
        """Take one look. One ladder's trouble does not hold up the others.

        Raises the first trouble at the end, mostly `StoreUnavailableError` or `QueueUnavailableError`: what is left is
        to be done by another look.
        """
        plan = self.notifications.find(asked.tenant, asked.activation)
        if plan is None or plan.activation is None:
            return
        seen = self._see(plan, plan.activation)
        troubles = self._climb(seen)
        armed = {seen.ladders[role].wake_at for role in seen.written}
        # A timer first: to let calls fall silent takes its time, and this worker may not live to see the end of it.
        for step in (
            partial(self._arm, seen, asked, armed),
            partial(self._end_by_word, seen, asked),
            partial(self._say_opened, seen, asked),
        ):
            try:
                step()
            except TemporaryError as trouble:
                troubles.append(trouble)
        if troubles:
            raise troubles[0]
        self._arm(seen, asked, self._asked_for(seen, asked) - armed)

    def _see(self, plan: Plan, activation: Activation) -> _Seen:
        """Read the ladders and the answers; open the ladders that are not there."""
        stored = {ladder.role: ladder for ladder in self.ladders.of(plan.tenant, plan.notification)}
        missing = [ladder for ladder in activation.ladders if ladder.role not in stored]
        if missing:
            enter_phones(self.fire.reply_book, plan, plan)
        written = set()
        for ladder in missing:
            first = opened(plan, ladder, self.grace)
            stored[ladder.role] = self.ladders.write(first)
            if stored[ladder.role] == first:
                written.add(ladder.role)
        answers = self.acknowledgements.of(plan.tenant, plan.notification)
        plans = {ladder.role: ladder for ladder in activation.ladders}
        return _Seen(plan, activation, plans, stored, answers, written, opened=bool(missing))

    def _climb(self, seen: _Seen) -> list[Exception]:
        """Move each ladder that nobody's word has ended; answer what stood in the way, to be raised at the end."""
        decisions = self._decisions(seen)
        if any(isinstance(decision, Fire) for decision in decisions.values()):
            # Once more, just before somebody is paged: reading the records took its time.
            seen.answers = self.acknowledgements.of(seen.plan.tenant, seen.plan.notification)
        troubles: list[Exception] = []
        for role, decision in decisions.items():
            if end_of(seen.ladders[role], seen.answers, self.clock()) not in {None, LadderState.EXPIRED}:
                continue
            try:
                self._do(seen, role, decision)
            except Exception as trouble:  # noqa: BLE001 - raised at the end: a bug in one role's step stops no other role
                troubles.append(trouble)
        return troubles

    def _decisions(self, seen: _Seen) -> dict[str, Decision]:
        now = self.clock()
        found: dict[str, Decision] = {}
        climbing: dict[str, Sequence[Delivery]] = {}
        for role, plan in seen.plans.items():
            ladder = seen.ladders[role]
            end = end_of(ladder, seen.answers, now)
            if end is LadderState.EXPIRED:
                found[role] = End(end)
            elif ladder.climbing and end is None:
                climbing[role] = self._page(seen.plan, plan, ladder) if plan.rungs else ()
        keys = list(dict.fromkeys(way.key for page in climbing.values() for way in _ways(seen.plan, page)))
        records = dict(zip(keys, self.states.read(keys) if keys else (), strict=True))
        for role, page in climbing.items():
            position = position_of(seen.ladders[role], page, records, seen.answers)
            found[role] = decide(seen.ladders[role], seen.plans[role], position, now, self.grace)
        return found

    def _page(self, plan: Plan, ladder_plan: LadderPlan, ladder: Ladder) -> Sequence[Delivery]:
        """What was sent for a ladder's position."""
        if ladder.at == 0:
            return [delivery for delivery in plan.deliveries if ladder.role in delivery.roles]
        step = self.notifications.find(plan.tenant, step_id(plan.notification, ladder_plan.name(ladder.at)))
        return step.deliveries if step else ()

    def _do(self, seen: _Seen, role: str, decision: Decision) -> None:
        match decision:
            case Rest():
                self._write(seen, rested(seen.ladders[role], decision, self.clock()))
            case Fire(since=since):
                self._fire(seen, role, since)
            case End(state=state):
                self._end(seen, role, state)

    def _fire(self, seen: _Seen, role: str, since: datetime) -> None:
        """Page the next rung's people, then say so. Another worker that was first has sent the very same."""
        ladder, plan = seen.ladders[role], seen.plans[role]
        people = frozenset(declined(seen.answers, role))
        step = self.fire(Step(seen.plan, seen.activation, plan, ladder.at + 1, people))
        now = self.clock()
        if self._write(seen, climbed(ladder, plan, now, self.grace, paged=bool(step.deliveries))):
            self.figures.step_late(step, max(now - since, timedelta()))

    def _end(self, seen: _Seen, role: str, state: LadderState) -> None:
        end = ended(seen.ladders[role], state, self.clock())
        self.figures.ended(end, unanswered=is_unanswered(end, seen.plans[role]))
        self._write(seen, end)

    def _write(self, seen: _Seen, ladder: Ladder) -> bool:
        """Store a ladder if it is another than was read; answer whether it was stored."""
        if ladder == seen.ladders[ladder.role]:
            return False
        stored = self.ladders.write(ladder)
        seen.ladders[ladder.role] = stored
        if stored != ladder:
            seen.written.discard(ladder.role)
            return False
        seen.written.add(ladder.role)
        return True

    def _end_by_word(self, seen: _Seen, asked: Asked) -> None:
        """End what somebody accepted or called off, when all that it makes needless has fallen silent."""
        now, ends, begun = self.clock(), self._ends(seen), False
        further = [role for role in seen.plans if asked.told and may_be_loud(seen.ladders[role], seen.answers, now)]
        for _ in range(ROUNDS):
            if ends or further:
                begun |= self.silent(seen.plan, seen.ladders.values(), seen.answers, [*ends, *further])
            if seen.answers.stood_down is not None:
                self.silent.tell(seen.plan, seen.ladders.values(), again=bool(ends) or asked.again)
            for role, end in ends.items():
                self._end(seen, role, end)
            ends, further = self._ends(seen), []
            if not ends:
                return self._look_again(seen, asked) if begun else None
        raise StoreUnavailableError("others went on writing the ladders of an activation that was answered")

    def _look_again(self, seen: _Seen, asked: Asked) -> None:
        """Come back for a call that a worker was at: it read of the answers before this one was stored."""
        if asked.hops < MOST_HOPS:
            soon = self.clock() + CALL_BEGINS
            self.escalation.look([Look(seen.plan.tenant, seen.plan.notification, wake_at=soon, hops=asked.hops + 1)])

    def _ends(self, seen: _Seen) -> dict[str, LadderState]:
        """What somebody's word ends: again what another worker, who did not know of it, has just moved."""
        now = self.clock()
        found = {role: end_of(seen.ladders[role], seen.answers, now) for role in seen.plans}
        return {role: end for role, end in found.items() if end and end is not LadderState.EXPIRED}

    def _say_opened(self, seen: _Seen, asked: Asked) -> None:
        """Take the activation off what is due for its first look, where this one may be the first to find all ladders.

        Whoever opened the last of them may have died before saying so: then the same message comes again, or the sweep
        asks, which it does not before that row's moment.
        """
        by_sweep = asked.told and self.clock() >= seen.plan.routed_at + FIRST_LOOK_WITHIN
        if seen.opened or asked.again or by_sweep:
            self.ladders.all_opened(seen.plan.tenant, seen.plan.notification)

    @staticmethod
    def _asked_for(seen: _Seen, asked: Asked) -> Set[datetime]:
        """The stored moments that are this look's to arm: that of a timer that came too early, and all of them, where a
        worker that was to arm them may have died.

        Not where there was trouble. The message itself comes again then: a timer beside it would make two of each, and
        of those four.
        """
        return {ladder.wake_at for ladder in seen.ladders.values() if asked.again or ladder.wake_at in asked.timers}

    def _arm(self, seen: _Seen, asked: Asked, moments: Set[datetime]) -> None:
        """Arm a timer for each of these moments of ladders that climb: one for all that share it."""
        if asked.hops >= MOST_HOPS:
            return
        timers: dict[datetime, Look] = {}
        for role, ladder in seen.ladders.items():
            if ladder.climbing and ladder.wake_at in moments:
                look = Look(ladder.tenant, ladder.activation, role, ladder.wake_at, asked.hops + 1)
                timers.setdefault(ladder.wake_at, look)
        if timers:
            self.escalation.look(list(timers.values()))


def _ways(plan: Plan, page: Sequence[Delivery]) -> Iterable[Delivery]:
    return ways_of(plan.model_copy(update={"deliveries": tuple(page)}))
