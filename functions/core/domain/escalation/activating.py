"""Which ladders a notification has: who was paged for each at first, and what is climbed while nobody acknowledges.

=============================================  ====================================================================
notification                                   ladders
=============================================  ====================================================================
code                                           one a role of each team; without a policy, two rounds of the shift
                                               and its backup
page above routine, with a policy              likewise, by that policy
page above routine, without one                one for all, which nobody climbs: the first who accepts has it
roll call                                      one a person, which nobody climbs
any of them to people outside of teams         one for all of those
=============================================  ====================================================================

Where a policy says that one is enough, its team has one ladder; where all that are called climb by that policy, all of
them together have one. With several teams in one message a role is told with its team: ``stroke/lead``.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from functions.core.domain.directory.entries import Snapshot
from functions.core.domain.escalation.activation import LadderPlan, Rung
from functions.core.domain.escalation.parties import Party, parties_of
from functions.core.domain.escalation.rungs import FIRST_WAIT, over_teams, rungs_of, rungs_without_policy
from functions.core.domain.escalation.step_name import ANYBODY
from functions.core.domain.routing.plan import RecipientTrouble, Trouble
from functions.core.domain.routing.recipients import Resolved, wants_answer
from statline.contract.notification import Notification
from statline.contract.words import Channel, Kind

OF = "/"
PERSON = f"person{OF}"
"""Before a person's id, the role of that person's ladder in a roll call."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A ladder before its deliveries are known.

    team: whose shift and backup its rungs mean; empty where there is none.
    members: who is on shift for it, or was named.
    teams: all that it is for, where one acknowledgement is enough for several.
    """

    role: str
    team: str
    members: tuple[str, ...]
    party: Party
    teams: tuple[str, ...] = ()


def openings(notification: Notification, snapshot: Snapshot, who: Resolved) -> list[Opening]:
    """The ladders that a notification opens. None, where nobody is to acknowledge it."""
    if not wants_answer(notification.kind, notification.priority):
        return []
    if notification.kind is Kind.ROLL_CALL:
        return _of_everybody_alone(who)
    parties = parties_of(notification, snapshot, who)
    if len(parties) > 1 and _climb_as_one(parties):
        return [_together(parties)]
    several_teams = sum(bool(party.team) for party in parties) > 1
    return [each for party in parties for each in _of(party, scoped=several_teams, alone=len(parties) == 1)]


def roles_by_person(opened: Iterable[Opening]) -> dict[str, tuple[str, ...]]:
    """The roles that each person is paged for."""
    roles: dict[str, tuple[str, ...]] = {}
    for opening in opened:
        for member in opening.members:
            roles[member] = (*roles.get(member, ()), opening.role)
    return roles


def ladders_of(
    opened: Sequence[Opening], reached: Set[str], channels: Sequence[Channel]
) -> tuple[tuple[LadderPlan, ...], list[RecipientTrouble]]:
    """The ladders, and which of them begin with nobody. channels: of the steps that name none."""
    ladders = tuple(_ladder(opening, reached, channels) for opening in opened)
    empty = [
        RecipientTrouble(
            recipient=f"role:{opening.role}",
            trouble=Trouble.NO_ENDPOINT if opening.members else Trouble.NOBODY_ON_SHIFT,
        )
        for opening, ladder in zip(opened, ladders, strict=True)
        if ladder.rungs and not ladder.people
    ]
    named = dict.fromkeys(name for opening in opened for name in opening.party.unknown)
    unknown = [RecipientTrouble(recipient=f"policy:{name}", trouble=Trouble.UNKNOWN_POLICY) for name in named]
    return ladders, [*unknown, *empty]


def _ladder(opening: Opening, reached: Set[str], channels: Sequence[Channel]) -> LadderPlan:
    people = tuple(member for member in opening.members if member in reached)
    policy = opening.party.policy
    return LadderPlan(
        role=opening.role,
        team=opening.team,
        policy=policy.id if policy else "",
        people=people,
        first_wait=policy.first_wait if policy else FIRST_WAIT,
        rungs=_rungs(opening, people, channels),
        teams=opening.teams if len(opening.teams) > 1 else (),
    )


def _rungs(opening: Opening, people: Sequence[str], channels: Sequence[Channel]) -> tuple[Rung, ...]:
    party = opening.party
    if not party.climbs:
        return ()
    if not party.policies:
        return rungs_without_policy(opening.team, people, channels)
    rungs = rungs_of(party.policies, channels)
    return over_teams(rungs, opening.teams) if len(opening.teams) > 1 else rungs


def _of_everybody_alone(who: Resolved) -> list[Opening]:
    return [
        Opening(
            role=f"{PERSON}{person.id}",
            team=person.seats[0].team if person.seats else "",
            members=(person.id,),
            party=Party(team="", members=(), climbs=False),
        )
        for person in who.people
    ]


def _climb_as_one(parties: Sequence[Party]) -> bool:
    first = parties[0].policies
    return all(party.has_one_ladder and party.policies == first for party in parties) and (
        bool(first and first[0].one_is_enough) or not any(party.climbs for party in parties)
    )


def _together(parties: Sequence[Party]) -> Opening:
    teams = tuple(party.team for party in parties if party.team)
    members = tuple(dict.fromkeys(user for party in parties for user, _ in party.members))
    return Opening(role=ANYBODY, team=next(iter(teams), ""), members=members, party=parties[0], teams=teams)


def _of(party: Party, *, scoped: bool, alone: bool) -> list[Opening]:
    def opening(role: str, members: Iterable[str]) -> Opening:
        return Opening(role=role, team=party.team, members=tuple(dict.fromkeys(members)), party=party)

    if party.has_one_ladder:
        role = ANYBODY if alone or not party.team else f"{party.team}{OF}{ANYBODY}"
        return [opening(role, (user for user, _ in party.members))]
    return [
        opening(f"{party.team}{OF}{role}" if scoped else role, (user for user, own in party.members if own == role))
        for role in party.roles
    ]
