"""Who is called as one: a team, or the people outside of teams, with the escalation policies that they climb by."""

from dataclasses import dataclass

from functions.core.domain.directory.entries import EntryKey, EntryKind, Snapshot
from functions.core.domain.escalation.rungs import chain
from functions.core.domain.routing.recipients import Resolved
from statline.contract.directory import EscalationPolicyChange, TeamChange
from statline.contract.notification import Notification
from statline.contract.words import Kind


@dataclass(frozen=True, slots=True)
class Party:
    """A team, or the people outside of teams: ``team`` is empty then.

    members: who is paged at first, each with the role in the team.
    roles: the team's own, and those of its shifts.
    policies: the first one that there is of those that were named, and what goes on after it.
    unknown: the policies that were named and are in no directory. Whoever names a policy wants somebody to come: then
        it climbs as a code without a policy does.
    """

    team: str
    members: tuple[tuple[str, str], ...]
    roles: tuple[str, ...] = ()
    policies: tuple[EscalationPolicyChange, ...] = ()
    unknown: tuple[str, ...] = ()
    climbs: bool = True

    @property
    def policy(self) -> EscalationPolicyChange | None:
        """The policy that it begins with."""
        return self.policies[0] if self.policies else None

    @property
    def has_one_ladder(self) -> bool:
        """Whether one acknowledgement is enough for it."""
        return not self.roles or not self.climbs or bool(self.policy and self.policy.one_is_enough)


def parties_of(notification: Notification, snapshot: Snapshot, who: Resolved) -> list[Party]:
    """The teams that a notification calls, and, last, the people outside of them.

    A pager that nobody holds now is one of those, where it has a policy: that climbs with nobody paged at first.
    """
    found = [_team(notification, snapshot, team, by_pager) for team, by_pager in who.teams]
    members = tuple((person.id, "") for person in who.people if not person.seats)
    policies, unknown = _policies(notification, snapshot, who.pager_policy)
    if members or (who.unheld and policies):
        climbs = bool(policies or unknown) or notification.kind is Kind.CODE
        found.append(Party("", members, policies=policies, unknown=unknown, climbs=climbs))
    return found


def _team(notification: Notification, snapshot: Snapshot, team: str, by_pager: str) -> Party:
    entry = snapshot.entries.get(EntryKey(notification.tenant, EntryKind.TEAM, team))
    known = entry if isinstance(entry, TeamChange) else None
    shifts = snapshot.shifts.get((notification.tenant, team), ())
    policies, unknown = _policies(notification, snapshot, by_pager, known.policy if known else None)
    return Party(
        team=team,
        members=tuple((shift.user, shift.role) for shift in shifts if not shift.backup),
        roles=tuple(dict.fromkeys((*(known.roles if known else ()), *(shift.role for shift in shifts)))),
        policies=policies,
        unknown=unknown,
        climbs=bool(policies or unknown) or notification.kind is Kind.CODE,
    )


def _policies(
    notification: Notification, snapshot: Snapshot, *named: str | None
) -> tuple[tuple[EscalationPolicyChange, ...], tuple[str, ...]]:
    """The policies to climb by, and the named ones that there are none of. The message's own word comes first."""
    known = {
        key.id: entry
        for key, entry in snapshot.entries.items()
        if key.tenant == notification.tenant and isinstance(entry, EscalationPolicyChange)
    }
    unknown: list[str] = []
    for name in filter(None, (notification.policy, *named)):
        if name in known:
            policies = chain(known[name], known)
            last = policies[-1].then
            return tuple(policies), (*unknown, *([last] if last and last not in known else []))
        unknown.append(name)
    return (), tuple(unknown)
