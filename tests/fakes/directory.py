"""The port `Directory` in memory: entries and shifts made of the changes that the contract knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from functions.core.domain.directory.entries import Entry, EntryKey, EntryKind, Shift, User
from functions.core.domain.errors import StoreUnavailableError
from statline.contract.directory import (
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    EscalationPolicyChange,
    LineChange,
    PagerChange,
    ServiceChange,
    ShiftChange,
    TeamChange,
    TenantPolicyChange,
    UserChange,
)

_OfAPerson = UserChange | ContactPointChange | DeviceChange


@dataclass
class FakeDirectory:
    """Holds the changes it was given. ``away``: the table does not answer. ``reads`` counts the calls of `find`."""

    changes: list[DirectoryChange] = field(default_factory=list)
    away: bool = False
    reads: int = 0

    def find(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Entry]:
        self._answer()
        self.reads += 1
        people = self._people() if any(key.kind is EntryKind.USER for key in keys) else {}
        return {key: entry for key in keys if (entry := self._entry(key, people)) is not None}

    def on_shift(self, tenant: str, team: str, now: datetime) -> list[Shift]:
        self._answer()
        shifts = [
            Shift(change.team, change.user, change.role, change.starts_at, change.ends_at, change.duty == "backup")
            for change in self._alive()
            if isinstance(change, ShiftChange) and (change.tenant, change.team) == (tenant, team)
        ]
        return sorted((s for s in shifts if s.starts_at <= now < s.ends_at), key=lambda s: (s.role, s.user))

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the directory is away")

    def _alive(self) -> list[DirectoryChange]:
        return [change for change in self.changes if not change.deleted]

    def _people(self) -> dict[tuple[str, str], list[_OfAPerson]]:
        """What there is of each person, by tenant and id."""
        found: dict[tuple[str, str], list[_OfAPerson]] = {}
        for change in self.changes:
            if isinstance(change, UserChange):
                found.setdefault((change.tenant, change.id), []).append(change)
            elif isinstance(change, ContactPointChange | DeviceChange):
                found.setdefault((change.tenant, change.user), []).append(change)
        return found

    def _entry(self, key: EntryKey, people: Mapping[tuple[str, str], Sequence[_OfAPerson]]) -> Entry | None:
        if key.kind is EntryKind.USER:
            return _user(key, people.get((key.tenant, key.id), ()))
        return cast("Entry | None", next((change for change in self._alive() if _is(change, key)), None))


def _user(key: EntryKey, changes: Sequence[_OfAPerson]) -> User | None:
    own = [change for change in changes if isinstance(change, UserChange)]
    if not changes or any(change.deleted for change in own):
        return None
    nameless = UserChange(kind="user", tenant=key.tenant, revision=1, id=key.id, name=key.id[:80])
    alive = [change for change in changes if not change.deleted]
    return User(
        profile=own[0] if own else nameless,
        phones=tuple(change for change in alive if isinstance(change, ContactPointChange)),
        devices=tuple(change for change in alive if isinstance(change, DeviceChange)),
    )


_KINDS: Mapping[EntryKind, type[Entry]] = {
    EntryKind.TEAM: TeamChange,
    EntryKind.PAGER: PagerChange,
    EntryKind.SERVICE: ServiceChange,
    EntryKind.LINE: LineChange,
    EntryKind.ESCALATION: EscalationPolicyChange,
    EntryKind.POLICY: TenantPolicyChange,
}


def _is(change: DirectoryChange, key: EntryKey) -> bool:
    """Whether a change is the entry of this key. A line is nobody's, a tenant's policy has no name."""
    name = getattr(change, "number", getattr(change, "id", ""))
    tenant = "" if key.kind is EntryKind.LINE else change.tenant
    return isinstance(change, _KINDS[key.kind]) and (tenant, name) == (key.tenant, key.id)
