"""Compares what one view shows for one tenant with what the directory holds of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.core.domain.directory.reconciling import (
    EntryName,
    HeldBack,
    Page,
    Repair,
    SourceChange,
    StoredEntry,
    Verdict,
    Written,
    too_many,
    verdict,
    was_there,
)
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.ports.directory import DirectoryRepairs
from statline.contract.directory import ShiftChange

Stored = dict[EntryName, StoredEntry]


class Log(Protocol):
    """Where a comparison says what it found. Ids only, never what an entry or a row holds."""

    def row_refused(self, name: EntryName) -> None:
        """A row breaks the contract, or its change does not fit into the directory."""
        ...

    def row_disagrees(self, name: EntryName) -> None:
        """A row differs from its entry, and its revision is not above the entry's."""
        ...

    def entry_deleted(self, name: EntryName) -> None:
        """A view lacks an entry, which is about to be deleted."""
        ...

    def deletions_held_back(self, held: HeldBack) -> None:
        """A view lacks too many entries; none was deleted."""
        ...


@dataclass(slots=True)
class Tally:
    """What a comparison has come to so far.

    data_at: the earliest moment of the replicas that were read. before, live: entries that are not deleted, when the
    run began and now.
    """

    data_at: datetime
    before: int
    live: int
    repaired: int = 0
    deleted: int = 0
    refused: int = 0
    disagreeing: int = 0
    held_back: HeldBack | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needed:
    """A repair, and whether it adds a live entry."""

    repair: Repair
    adds: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One view, one tenant. ``stored`` loses what the view shows; what is left in the end is what it lacks.

    now: of the run. A shift that has ended by then is not worth a write.
    """

    tenant: str
    kind: SourceKind
    stored: Stored
    tally: Tally
    now: datetime
    repairs: DirectoryRepairs
    log: Log

    def take(self, page: Page) -> None:
        """Repair what a page shows."""
        self.tally.data_at = min(self.tally.data_at, page.data_at)
        found = list(self._needed(page))
        fates = self.repairs.repair([needed.repair for needed in found])
        for needed, written in zip(found, fates, strict=True):
            self._count(needed, written)

    def finish(self, most_deletions_percent: int) -> None:
        """Delete what the view lacks, unless it is too much. Only after its last page."""
        lacking = [
            entry for entry in self.stored.values() if not entry.deleted and was_there(entry, self.tally.data_at)
        ]
        if too_many(len(lacking), self.tally.before, most_deletions_percent):
            self.tally.held_back = HeldBack(self.tenant, self.kind, len(lacking), self.tally.before)
            self.log.deletions_held_back(self.tally.held_back)
            return
        for entry in lacking:
            self.log.entry_deleted(entry.name)
        self.tally.deleted = self.repairs.delete(lacking)
        self.tally.live -= self.tally.deleted

    def _needed(self, page: Page) -> Iterator[_Needed]:
        """The repairs that a page asks for. A key that comes twice in it counts once."""
        for row in {row.name: row for row in page.rows}.values():
            entry = self.stored.pop(row.name, None)
            if row.change is None:
                self._refuse(row.name)
            elif not self._over(row.change):
                yield from self._judged(row.name, row.change, entry)

    def _judged(self, name: EntryName, change: SourceChange, entry: StoredEntry | None) -> Iterator[_Needed]:
        adds = entry is None or entry.deleted
        match verdict(change, entry, self.tally.data_at):
            case Verdict.NEWS:
                yield _Needed(repair=Repair(name, change), adds=adds)
            case Verdict.BACK:
                yield _Needed(repair=Repair(name, change, instead_of=entry and entry.revision), adds=adds)
            case Verdict.DISAGREES:
                self.tally.disagreeing += 1
                self.log.row_disagrees(name)
            case Verdict.SAME:
                pass

    def _count(self, needed: _Needed, written: Written) -> None:
        if written is Written.UNFIT:
            self._refuse(needed.repair.name)
        elif written is Written.NEWS:
            self.tally.repaired += 1
            self.tally.live += needed.adds

    def _refuse(self, name: EntryName) -> None:
        self.tally.refused += 1
        self.log.row_refused(name)

    def _over(self, change: SourceChange) -> bool:
        return isinstance(change, ShiftChange) and change.ends_at <= self.now
