"""What the reconcile does with the directory, in memory: the ports `DirectoryInventory` and `DirectoryRepairs`.

It is a `DirectoryWriter`, too, for what comes by queue meanwhile.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.directory.reconciling import EntryName, Repair, SourceChange, StoredEntry, Written, likeness
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.ports.clock import Clock
from statline.contract.directory import ContactPointChange, ShiftChange
from tests.fakes.clock import FakeClock


@dataclass(frozen=True)
class Kept:
    """One entry. revision: of the entry, which a deletion by the reconcile raises above its change's."""

    change: SourceChange
    revision: int
    at: int
    deleted: bool
    absent: bool = False


@dataclass
class FakeStoredDirectory:
    """``failing`` is raised instead of the reconcile's next writes, one for each; None lets a write be."""

    clock: Clock = field(default_factory=FakeClock)
    kept: dict[EntryName, Kept] = field(default_factory=dict)
    failing: list[Exception | None] = field(default_factory=list)
    writes: int = 0

    def apply(self, change: SourceChange) -> bool:
        """A change that comes by queue."""
        stored = self.kept.get(name_of(change))
        if stored is not None and stored.revision >= change.revision:
            return False
        self._keep(change)
        return True

    def entries(self, tenants: Collection[str], now: datetime) -> Iterator[StoredEntry]:
        for name, kept in self.kept.items():
            ended = isinstance(kept.change, ShiftChange) and kept.change.ends_at <= now
            if name.tenant in tenants and not ended:
                alike = None if kept.deleted else likeness(kept.change)
                yield StoredEntry(name, kept.revision, kept.at, kept.deleted, kept.absent, alike)

    def repair(self, repairs: Sequence[Repair]) -> list[Written]:
        return [self._repair(repair) for repair in repairs]

    def delete(self, entries: Sequence[StoredEntry]) -> int:
        return sum(self._delete(entry) for entry in entries)

    def live(self) -> dict[EntryName, SourceChange]:
        """What somebody who asks the directory finds."""
        return {name: kept.change for name, kept in self.kept.items() if not kept.deleted}

    def _repair(self, repair: Repair) -> Written:
        self._fail()
        if repair.instead_of is None:
            return Written.NEWS if self.apply(repair.change) else Written.OLDER
        stored = self.kept.get(repair.name)
        if stored is None or not stored.absent or stored.revision != repair.instead_of:
            return Written.OLDER
        self._keep(repair.change)
        return Written.NEWS

    def _delete(self, entry: StoredEntry) -> bool:
        self._fail()
        stored = self.kept.get(entry.name)
        if stored is None or stored.deleted or stored.revision != entry.revision:
            return False
        self.writes += 1
        self.kept[entry.name] = Kept(stored.change, entry.revision + 1, self._now(), deleted=True, absent=True)
        return True

    def _keep(self, change: SourceChange) -> None:
        self.writes += 1
        self.kept[name_of(change)] = Kept(change, change.revision, self._now(), change.deleted)

    def _now(self) -> int:
        return int(self.clock().timestamp())

    def _fail(self) -> None:
        cause = self.failing.pop(0) if self.failing else None
        if cause is not None:
            raise cause


def name_of(change: SourceChange) -> EntryName:
    """Which entry a change is about."""
    match change:
        case ContactPointChange():
            return EntryName(change.tenant, SourceKind.CONTACT_POINT, change.user, change.id)
        case ShiftChange():
            return EntryName(change.tenant, SourceKind.SHIFT, change.team, change.id)
        case _:
            return EntryName(change.tenant, SourceKind(change.kind), "", change.id)
