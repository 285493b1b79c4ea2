"""Who is meant by a message's recipients: pure steps from names to people, over what was read of the directory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.directory.entries import Entry, EntryKey, EntryKind, Snapshot, User
from functions.core.domain.routing.pager_hours import Holder, holder_at
from functions.core.domain.routing.plan import RecipientTrouble, Trouble
from statline.contract.directory import EscalationPolicyChange, PagerChange, ServiceChange, TeamChange
from statline.contract.notification import Notification, PagerRecipient, Recipient, TeamRecipient, UserRecipient
from statline.contract.words import Kind, Priority


@dataclass(frozen=True, slots=True)
class Seat:
    """What somebody is on shift as."""

    team: str
    role: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person who is to be notified, with the seats that they have on shift, if they come by teams."""

    id: str
    user: User
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The people behind a message's recipients, each once, and which recipients lead to nobody.

    teams: the teams that are called, each with the policy that a pager names for it, or nothing.
    pager_policy: the policy that the pager of a person, or of nobody, names.
    unheld: whether a pager leads to nobody now.
    """

    people: tuple[Person, ...]
    troubles: tuple[RecipientTrouble, ...]
    teams: tuple[tuple[str, str], ...] = ()
    pager_policy: str = ""
    unheld: bool = False


def entry_key(tenant: str, recipient: Recipient) -> EntryKey:
    """The directory's key of a recipient."""
    match recipient:
        case UserRecipient(id=user):
            return EntryKey(tenant, EntryKind.USER, user)
        case TeamRecipient(id=team):
            return EntryKey(tenant, EntryKind.TEAM, team)
        case PagerRecipient(number=number):
            return EntryKey(tenant, EntryKind.PAGER, number)


def wants_answer(kind: Kind, priority: Priority) -> bool:
    """Whether somebody is to acknowledge a notification: codes, pages above routine, roll calls."""
    return kind in {Kind.CODE, Kind.ROLL_CALL} or (kind is Kind.PAGE and priority is not Priority.ROUTINE)


def named_entries(notifications: Iterable[Notification]) -> list[EntryKey]:
    """What is read first: the recipients and the policy that the messages name, and their tenants' policies."""
    keys: dict[EntryKey, None] = {}
    for notification in notifications:
        keys[EntryKey(notification.tenant, EntryKind.POLICY)] = None
        keys.update(dict.fromkeys(entry_key(notification.tenant, each) for each in notification.recipients))
        if notification.policy and wants_answer(notification.kind, notification.priority):
            keys[EntryKey(notification.tenant, EntryKind.ESCALATION, notification.policy)] = None
    return list(keys)


def teams_in(snapshot: Snapshot, now: datetime) -> list[tuple[str, str]]:
    """The (tenant, team) pairs whose shifts are read next: every team that was read, or holds a pager or service."""
    teams: dict[tuple[str, str], None] = {}
    for key, entry in snapshot.entries.items():
        found = [key] if isinstance(entry, TeamChange) else _holders(key.tenant, entry, now)
        teams.update(dict.fromkeys((each.tenant, each.id) for each in found if each.kind is EntryKind.TEAM))
    return list(teams)


def entries_behind(snapshot: Snapshot, now: datetime, *, climbing: bool) -> list[EntryKey]:
    """What the entries and shifts that were read lead to: holders of pagers and services, people on shift.

    climbing: also the escalation policies of teams and pagers, and those that go on after them.
    """
    keys: dict[EntryKey, None] = {}
    for (tenant, _), shifts in snapshot.shifts.items():
        keys.update(dict.fromkeys(EntryKey(tenant, EntryKind.USER, shift.user) for shift in shifts if not shift.backup))
    for key, entry in snapshot.entries.items():
        keys.update(dict.fromkeys(_holders(key.tenant, entry, now)))
        policy = _policy_behind(entry) if climbing else None
        if policy:
            keys[EntryKey(key.tenant, EntryKind.ESCALATION, policy)] = None
    return list(keys)


def _holders(tenant: str, entry: Entry, now: datetime) -> list[EntryKey]:
    match entry:
        case PagerChange(holder=kind, holder_id=holder):
            return [EntryKey(tenant, EntryKind(kind), holder)]
        case ServiceChange() if held := holder_at(entry, now):
            return [EntryKey(tenant, EntryKind(held.kind), held.id)]
        case _:
            return []


def _policy_behind(entry: Entry) -> str | None:
    match entry:
        case TeamChange(policy=policy) | PagerChange(policy=policy) | EscalationPolicyChange(then=policy):
            return policy
        case _:
            return None


def resolved(notification: Notification, snapshot: Snapshot, now: datetime) -> Resolved:
    """The people behind a notification's recipients. Who comes by several ways comes once, with every seat.

    Backups of shifts are not among them: an escalation policy pages those.
    """
    found = _Found(notification.tenant, snapshot, now)
    for recipient in notification.recipients:
        found.add(recipient)
    return Resolved(
        people=tuple(found.people.values()),
        troubles=tuple(found.troubles.values()),
        teams=tuple(found.teams.items()),
        pager_policy=found.pager_policy,
        unheld=found.unheld,
    )


@dataclass(slots=True)
class _Found:
    """What one pass over the recipients gathers."""

    tenant: str
    snapshot: Snapshot
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    troubles: dict[str, RecipientTrouble] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    pager_policy: str = ""
    unheld: bool = False

    def add(self, recipient: Recipient) -> None:
        key = entry_key(self.tenant, recipient)
        match self.snapshot.entries.get(key):
            case User():
                self._person(key.id)
            case TeamChange():
                self._team(key.id, named=f"team:{key.id}")
            case PagerChange() as pager:
                self._pager(pager)
            case _:
                self._trouble(f"{key.kind}:{key.id}", Trouble.UNKNOWN_RECIPIENT)

    def _pager(self, pager: PagerChange) -> None:
        named, policy = f"pager:{pager.number}", pager.policy or ""
        holder = self._holder(pager, named)
        if holder is not None and holder.kind == "team":
            self._team(holder.id, named, policy)
            return
        self.pager_policy = self.pager_policy or policy
        if holder is None or not self._person(holder.id, named=named):
            self.unheld = True

    def _holder(self, pager: PagerChange, named: str) -> Holder | None:
        """Who has the pager now; where nobody has, that is told."""
        if pager.holder != "service":
            return Holder(pager.holder, pager.holder_id)
        service = self.snapshot.entries.get(EntryKey(self.tenant, EntryKind.SERVICE, pager.holder_id))
        holder = holder_at(service, self.now) if isinstance(service, ServiceChange) else None
        if holder is None:
            known = isinstance(service, ServiceChange)
            self._trouble(named, Trouble.NOBODY_ON_SHIFT if known else Trouble.UNKNOWN_RECIPIENT)
        return holder

    def _team(self, team: str, named: str, policy: str = "") -> None:
        self.teams[team] = self.teams.get(team) or policy
        shifts = [shift for shift in self.snapshot.shifts.get((self.tenant, team), ()) if not shift.backup]
        if not shifts:
            self._trouble(named, Trouble.NOBODY_ON_SHIFT)
        for shift in shifts:
            self._person(shift.user, Seat(team, shift.role))

    def _person(self, user: str, seat: Seat | None = None, named: str = "") -> bool:
        entry = self.snapshot.entries.get(EntryKey(self.tenant, EntryKind.USER, user))
        if not isinstance(entry, User):
            self._trouble(named or f"user:{user}", Trouble.UNKNOWN_RECIPIENT)
            return False
        known = self.people.get(user)
        seats = () if known is None else known.seats
        self.people[user] = Person(user, entry, tuple(dict.fromkeys((*seats, *((seat,) if seat else ())))))
        return True

    def _trouble(self, recipient: str, trouble: Trouble) -> None:
        self.troubles.setdefault(recipient, RecipientTrouble(recipient=recipient, trouble=trouble))
