"""Who is meant by a message's recipients: pure steps from names to people, over what was read of the directory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from functions.core.domain.directory import EntryKey, EntryKind, Snapshot, User
from functions.core.domain.plan import RecipientTrouble, Trouble
from statline.contract.directory import PagerChange, TeamChange
from statline.contract.notification import Notification, PagerRecipient, Recipient, TeamRecipient, UserRecipient


@dataclass(frozen=True, slots=True)
class Person:
    """One person who is to be notified, in the roles in which they are on shift, if they come by teams."""

    id: str
    user: User
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The people behind a message's recipients, each once, and which recipients lead to nobody."""

    people: tuple[Person, ...]
    troubles: tuple[RecipientTrouble, ...]


def entry_key(tenant: str, recipient: Recipient) -> EntryKey:
    """The directory's key of a recipient."""
    match recipient:
        case UserRecipient(id=user):
            return EntryKey(tenant, EntryKind.USER, user)
        case TeamRecipient(id=team):
            return EntryKey(tenant, EntryKind.TEAM, team)
        case PagerRecipient(number=number):
            return EntryKey(tenant, EntryKind.PAGER, number)


def named_entries(notifications: Iterable[Notification]) -> list[EntryKey]:
    """What is read first: the recipients that the messages name, and their tenants' policies."""
    keys: dict[EntryKey, None] = {}
    for notification in notifications:
        keys[EntryKey(notification.tenant, EntryKind.POLICY)] = None
        keys.update(dict.fromkeys(entry_key(notification.tenant, each) for each in notification.recipients))
    return list(keys)


def teams_in(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The (tenant, team) pairs whose shifts are read next: the teams themselves and those that hold a pager."""
    teams: dict[tuple[str, str], None] = {}
    for key, entry in snapshot.entries.items():
        match entry:
            case TeamChange():
                teams[key.tenant, key.id] = None
            case PagerChange(holder="team", holder_id=team):
                teams[key.tenant, team] = None
    return list(teams)


def people_behind(snapshot: Snapshot) -> list[EntryKey]:
    """The users that are read last: people on shift and holders of pagers that are not there yet."""
    users: dict[EntryKey, None] = {}
    for (tenant, _), shifts in snapshot.shifts.items():
        users.update(dict.fromkeys(EntryKey(tenant, EntryKind.USER, shift.user) for shift in shifts))
    for key, entry in snapshot.entries.items():
        if isinstance(entry, PagerChange) and entry.holder == "user":
            users[EntryKey(key.tenant, EntryKind.USER, entry.holder_id)] = None
    return [key for key in users if key not in snapshot.entries]


def resolved(notification: Notification, snapshot: Snapshot) -> Resolved:
    """The people behind a notification's recipients. Who comes by several ways comes once, with the role of a team."""
    found = _Found(notification.tenant, snapshot)
    for recipient in notification.recipients:
        found.add(recipient)
    return Resolved(tuple(found.people.values()), tuple(found.troubles.values()))


@dataclass(slots=True)
class _Found:
    """What one pass over the recipients gathers."""

    tenant: str
    snapshot: Snapshot
    people: dict[str, Person] = field(default_factory=dict)
    troubles: dict[str, RecipientTrouble] = field(default_factory=dict)

    def add(self, recipient: Recipient) -> None:
        key = entry_key(self.tenant, recipient)
        match self.snapshot.entries.get(key):
            case User():
                self._person(key.id)
            case TeamChange():
                self._team(key.id, named=f"team:{key.id}")
            case PagerChange(holder="user", holder_id=user):
                self._person(user, named=f"pager:{key.id}")
            case PagerChange(holder_id=team):
                self._team(team, named=f"pager:{key.id}")
            case _:
                self._trouble(f"{key.kind}:{key.id}", Trouble.UNKNOWN_RECIPIENT)

    def _team(self, team: str, named: str) -> None:
        shifts = self.snapshot.shifts.get((self.tenant, team), ())
        if not shifts:
            self._trouble(named, Trouble.NOBODY_ON_SHIFT)
        for shift in shifts:
            self._person(shift.user, shift.role)

    def _person(self, user: str, role: str | None = None, named: str = "") -> None:
        entry = self.snapshot.entries.get(EntryKey(self.tenant, EntryKind.USER, user))
        if not isinstance(entry, User):
            self._trouble(named or f"user:{user}", Trouble.UNKNOWN_RECIPIENT)
            return
        known = self.people.get(user)
        roles = () if known is None else known.roles
        self.people[user] = Person(user, entry, tuple(dict.fromkeys((*roles, *((role,) if role else ())))))

    def _trouble(self, recipient: str, trouble: Trouble) -> None:
        self.troubles.setdefault(recipient, RecipientTrouble(recipient=recipient, trouble=trouble))
