"""What a paging system must get right, in plain words: a model that knows no ladder's record, decision or timer.

It is told what the witnesses saw (who was paged when, what the providers answered, what people said) and says when the
next people had to be paged, at the earliest and at the latest, and how it had to end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from functions.core.domain.delivering.standing import ways_of
from functions.core.domain.escalation.activation import LadderPlan
from functions.core.domain.escalation.ladder import Ladder
from functions.core.domain.escalation.step_name import step_id
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Answer, LadderState
from tests.property.ladders.witnesses import Call
from tests.property.ladders.world import World

GRACE = timedelta(seconds=30)
INSTANT = timedelta(milliseconds=1)
ON_TIME = timedelta(seconds=5)
AFTER_TROUBLE = timedelta(seconds=90)
"""After a death or an outage: a message that hides for a minute, or the sweep; and a text's way back."""


@dataclass(frozen=True)
class Turn:
    """One turn of a ladder: who was paged from when until when, and whether somebody else was to be paged then."""

    number: int
    paged: Plan
    began: datetime
    ended: datetime


def check(world: World, plan: Plan, ladder_plan: LadderPlan) -> None:
    """Check one ladder's whole life."""
    history = [each for each in world.ladders.history if _is_of(each, plan, ladder_plan.role)]
    assert history, "the ladder was opened"
    last = history[-1]
    assert not last.climbing, f"every ladder ends: {last}"
    turns = _turns(world, plan, ladder_plan, history)
    for turn in turns:
        _nobody_skipped(world, plan, ladder_plan, turn)
    moved_on = last.state is LadderState.EXHAUSTED or any(each.state is LadderState.EXHAUSTED for each in history)
    for turn in turns if moved_on else turns[:-1]:
        _in_its_time(world, plan, ladder_plan, turn)
    _ended_rightly(world, plan, ladder_plan, history, turns)


def _turns(world: World, plan: Plan, ladder_plan: LadderPlan, history: Sequence[Ladder]) -> list[Turn]:
    """The turns by the moments at which the ladder says that it climbed: one rung at a time, and none twice."""
    climbs = [history[0], *(each for before, each in pairwise(history) if each.at != before.at)]
    assert [each.at for each in climbs] == list(range(len(climbs))), "one rung after the other, none twice"
    end = next(each.changed_at for each in history if not each.climbing)
    ends = [each.opened_at for each in climbs[1:]] + [end]
    return [
        Turn(each.at, _paged(world, plan, ladder_plan, each.at), each.opened_at, ended)
        for each, ended in zip(climbs, ends, strict=True)
    ]


def _paged(world: World, plan: Plan, ladder_plan: LadderPlan, number: int) -> Plan:
    if number:
        return world.notifications.plans[plan.tenant, step_id(plan.notification, ladder_plan.name(number))]
    mine = tuple(delivery for delivery in plan.deliveries if ladder_plan.role in delivery.roles)
    return plan.model_copy(update={"deliveries": mine})


def _nobody_skipped(world: World, plan: Plan, ladder_plan: LadderPlan, turn: Turn) -> None:
    """A step pages exactly whom it names, without those who had declined; and everything of it came somewhere."""
    if turn.number:
        wanted = _wanted(world, plan, ladder_plan, turn.number)
        moment = turn.paged.routed_at
        before = _declined(world, plan, ladder_plan.role, moment - INSTANT)
        just_now = _declined(world, plan, ladder_plan.role, moment) | _declining(world, plan, ladder_plan.role, moment)
        reached = {delivery.key.recipient for delivery in turn.paged.deliveries}
        assert wanted - before - just_now <= reached <= wanted - (before & just_now), (ladder_plan.role, turn.number)
    for delivery in turn.paged.deliveries:
        assert delivery.key in world.states.stored, f"a page that nobody ever took up: {delivery.key}"


def _wanted(world: World, plan: Plan, ladder_plan: LadderPlan, number: int) -> set[str]:
    """Whom a rung names, by the roster: nobody changes shifts in this hospital."""
    shifts = world.directory.on_shift(plan.tenant, ladder_plan.team, plan.routed_at)
    role = ladder_plan.role
    wanted: set[str] = set()
    for target in ladder_plan.rungs[number - 1].who:
        if target.type == "user":
            wanted.add(target.id)
        elif target.type == "shift":
            wanted |= {shift.user for shift in shifts if not shift.backup and role in {shift.role, "*"}}
        elif target.type == "backup":
            backups = [shift for shift in shifts if shift.backup]
            of_role = {shift.user for shift in backups if role in {shift.role, "*"}}
            wanted |= of_role or {shift.user for shift in backups}
    return wanted


def _in_its_time(world: World, plan: Plan, ladder_plan: LadderPlan, turn: Turn) -> None:
    """Not before its time, unless nobody there could be counted on; and not long after it."""
    taken = [call.at for call in _calls(world, turn.paged) if call.answer == "accepted" and call.told]
    wait = timedelta(seconds=ladder_plan.rungs[turn.number - 1].wait if turn.number else ladder_plan.first_wait)
    due = min([turn.began + GRACE, *taken]) + wait
    if turn.ended < due:
        _hopeless(world, plan, ladder_plan.role, turn)
    due = min([due, *_given_up(world, plan, ladder_plan.role, turn)])
    troubles = [moment for moment in world.faults.struck if turn.began <= moment <= turn.ended]
    assert turn.ended <= due + ON_TIME or (troubles and turn.ended <= max(due, *troubles) + AFTER_TROUBLE), (
        f"{ladder_plan.role} {turn.number}: due {due}, came {turn.ended}, troubles {troubles[-3:]}"
    )


def _given_up(world: World, plan: Plan, role: str, turn: Turn) -> list[datetime]:
    """Since when, if so, everybody there had declined or was refused by every provider: the next are paged at once."""
    moments = [turn.began]
    declined = _declined(world, plan, role, turn.ended)
    for user in {delivery.key.recipient for delivery in turn.paged.deliveries}:
        if user in declined:
            said = [
                word.at
                for word in world.acknowledgements.said
                if (word.activation, word.user) == (plan.notification, user)
            ]
            moments.append(max(at for at in said if at <= turn.ended))
            continue
        for way in ways_of(turn.paged):
            if way.key.recipient == user:
                asked = [call for call in world.calls if call.delivery.key == way.key and call.at <= turn.ended]
                if not asked or asked[-1].answer != "refused" or not asked[-1].told:
                    return []
                moments.append(asked[-1].at)
    return [max(moments)]


def _hopeless(world: World, plan: Plan, role: str, turn: Turn) -> None:
    """Everybody there had declined, or no provider had taken anything for them."""
    declined = _declined(world, plan, role, turn.ended) | _declined(world, plan, role, turn.ended - INSTANT)
    declined |= _declining(world, plan, role, turn.ended)
    for call in _calls(world, turn.paged):
        if call.delivery.key.recipient in declined or call.at > turn.ended:
            continue
        assert call.answer != "accepted" or not call.told or call.at == turn.ended, f"too early: {role} {turn}"
    for delivery in turn.paged.deliveries:
        if delivery.key.recipient not in declined:
            asked = [call for call in _calls(world, turn.paged) if call.delivery.key == delivery.key]
            assert asked, f"given up before anybody was asked: {delivery.key}"


def _ended_rightly(
    world: World, plan: Plan, ladder_plan: LadderPlan, history: Sequence[Ladder], turns: Sequence[Turn]
) -> None:
    last = history[-1]
    acknowledged = world.acknowledgements.acknowledgements.get((plan.tenant, plan.notification, ladder_plan.role))
    stood_down = world.acknowledgements.stood_down.get((plan.tenant, plan.notification))
    for turn in turns[1:]:
        assert acknowledged is None or turn.began <= acknowledged.at, "a step after the acknowledgement"
        assert stood_down is None or turn.began <= stood_down.at, "a step after the stand-down"
        assert turn.began < plan.expires_at
    match last.state:
        case LadderState.ACKNOWLEDGED:
            assert acknowledged is not None
        case LadderState.STOOD_DOWN:
            assert stood_down is not None
        case LadderState.EXHAUSTED:
            assert last.at == len(ladder_plan.rungs)
            assert acknowledged is None or _unheard(world, last, acknowledged.at)
            assert stood_down is None
            assert (ladder_plan.role, LadderState.EXHAUSTED, True) in world.figures.ends, "on-call hears of it"
        case LadderState.EXPIRED:
            assert last.changed_at >= plan.expires_at


def _unheard(world: World, end: Ladder, said_at: datetime) -> bool:
    """Whether somebody answered after a ladder's end while something was amiss: it is kept and told, and no look came.

    A ladder that climbs is looked at again by its timer or the sweep; one at its end by such a look alone.
    """
    return said_at >= end.changed_at and any(abs(moment - said_at) <= ON_TIME for moment in world.faults.struck)


def _declining(world: World, plan: Plan, role: str, moment: datetime) -> set[str]:
    """Who said at this very moment that they do not come, whatever they said behind it."""
    return {
        word.user
        for word in world.acknowledgements.said
        if (word.tenant, word.activation, word.at) == (plan.tenant, plan.notification, moment)
        and word.answer is Answer.DECLINE
        and role in word.roles
    }


def _declined(world: World, plan: Plan, role: str, moment: datetime) -> set[str]:
    """Whose last word by then was that they do not come for this role."""
    last = {
        word.user: word
        for word in world.acknowledgements.said
        if (word.tenant, word.activation) == (plan.tenant, plan.notification) and word.at <= moment
    }
    return {user for user, word in last.items() if word.answer is Answer.DECLINE and role in word.roles}


def _calls(world: World, paged: Plan) -> list[Call]:
    """The providers' calls for a page, whichever way they went."""
    people = {delivery.key.recipient for delivery in paged.deliveries}
    return [
        call
        for call in world.calls
        if call.delivery.key.notification == paged.notification and call.delivery.key.recipient in people
    ]


def _is_of(ladder: Ladder, plan: Plan, role: str) -> bool:
    return (ladder.tenant, ladder.activation, ladder.role) == (plan.tenant, plan.notification, role)
