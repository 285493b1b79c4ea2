"""The port `Directory` in memory: entries and shifts made of the changes that the contract knows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.directory import Entry, EntryKey, EntryKind, Shift, User
from functions.core.domain.errors import StoreUnavailableError
from statline.contract.directory import (
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    PagerChange,
    ShiftChange,
    TeamChange,
    TenantPolicyChange,
    UserChange,
)


@dataclass
class FakeDirectory:
    """Holds the changes it was given. ``away``: the table does not answer. ``reads`` counts the calls of `find`."""

    changes: list[DirectoryChange] = field(default_factory=list)
    away: bool = False
    reads: int = 0

    def find(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Entry]:
        self._answer()
        self.reads += 1
        return {key: entry for key in keys if (entry := self._entry(key)) is not None}

    def on_shift(self, tenant: str, team: str, now: datetime) -> list[Shift]:
        self._answer()
        shifts = [
            Shift(change.team, change.user, change.role, change.starts_at, change.ends_at)
            for change in self._alive()
            if isinstance(change, ShiftChange) and (change.tenant, change.team) == (tenant, team)
        ]
        return sorted((s for s in shifts if s.starts_at <= now < s.ends_at), key=lambda s: (s.role, s.user))

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the directory is away")

    def _alive(self) -> list[DirectoryChange]:
        return [change for change in self.changes if not change.deleted]

    def _entry(self, key: EntryKey) -> Entry | None:
        if key.kind is EntryKind.USER:
            return self._user(key)
        for change in self._alive():
            match change:
                case TeamChange(id=name) | PagerChange(number=name):
                    if (change.tenant, EntryKind(change.kind), name) == (key.tenant, key.kind, key.id):
                        return change
                case TenantPolicyChange() if key.kind is EntryKind.POLICY and change.tenant == key.tenant:
                    return change
        return None

    def _user(self, key: EntryKey) -> User | None:
        own = [c for c in self.changes if isinstance(c, UserChange) and (c.tenant, c.id) == (key.tenant, key.id)]
        rest = [c for c in self.changes if isinstance(c, ContactPointChange | DeviceChange)]
        rest = [c for c in rest if (c.tenant, c.user) == (key.tenant, key.id)]
        if any(change.deleted for change in own) or not (own or rest):
            return None
        nameless = UserChange(kind="user", tenant=key.tenant, revision=1, id=key.id, name=key.id[:80])
        alive = [change for change in rest if not change.deleted]
        return User(
            profile=own[0] if own else nameless,
            phones=tuple(change for change in alive if isinstance(change, ContactPointChange)),
            devices=tuple(change for change in alive if isinstance(change, DeviceChange)),
        )
