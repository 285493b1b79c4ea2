"""Delete the backups whose time is over, here and far. What may go is for the domain (`retention`) to say."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from functions.backup_upkeep.ports import Region
from functions.core.domain.backup.record import BackupRecord
from functions.core.domain.backup.retention import Keep, StoredSnapshot, emptied, to_delete
from functions.core.domain.ports.clock import Clock

RECORDS_STAY = timedelta(days=400)
"""How long the record of a deleted backup can still be seen."""


class Records(Protocol):
    """The records that pruning reads and marks."""

    def newest_first(self) -> Iterator[BackupRecord]:
        """Every record, the newest first."""
        ...

    def mark_deleted(self, backup: str, at: datetime, *, gone_at: datetime) -> bool:
        """Write that nothing is left of a backup; answer whether there was a record."""
        ...


class Facts(Protocol):
    """What is kept of the data in backups."""

    def forget(self, backup: str) -> None:
        """Remove it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """The use case, with its ports. far: the region for copies, where there is one."""

    records: Records
    facts: Facts
    here: Region
    far: Region | None
    keep: Keep
    clock: Clock

    def __call__(self, *, leftovers_only: bool = False) -> tuple[str, ...]:
        """Delete what may go; answer the ids of the backups of which something went.

        leftovers_only: after a run that made no backup no verified one goes, however old. What such runs leave goes all
        the same: a long row of them would use up the snapshots that RDS allows, and no run could end well any more.
        Nothing is deleted before both regions have said what is there. Raises what RDS and the table raise.
        """
        now = self.clock()
        records = tuple(self.records.newest_first())
        near = self.here.snapshots()
        far = () if self.far is None else tuple(replace(each, far=True) for each in self.far.snapshots())
        old = to_delete(records, (*near, *far), now, self.keep, leftovers_only=leftovers_only)
        gone = [each for each in old if self._delete(each)]
        left = [each for each in (*near, *far) if each not in gone]
        for record in emptied(records, left, now):
            self.facts.forget(record.id)
            self.records.mark_deleted(record.id, now, gone_at=now + RECORDS_STAY)
        return tuple(sorted({each.backup for each in gone if each.backup is not None}))

    def _delete(self, snapshot: StoredSnapshot) -> bool:
        region = self.far if snapshot.far else self.here
        return region is not None and region.delete_snapshot(snapshot)
