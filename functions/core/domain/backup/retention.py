"""Which snapshots and copies go, and which stay. Pure: no clock, no RDS, whatever it is given.

What stays, each for its own reason:

* what is not ours by name *and* tag, and what no record speaks of (a lost table must not cost a single backup);
* whatever belongs to a backup that runs, or that a running verification restores;
* verified backups younger than `Keep.days`, and the newest `Keep.verified` ones that can still be restored;
* of those that failed, what they left, for `LEFTOVERS_STAY`: somebody may want to see why.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.core.domain.backup.record import (
    COPY_SUFFIX,
    EXECUTION_TAG,
    SNAPSHOT_PREFIX,
    BackupKind,
    BackupOutcome,
    BackupRecord,
    backup_of,
)

LEFTOVERS_STAY = timedelta(days=2)
AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A DB snapshot as RDS describes it. far: in the region for copies."""

    name: str
    status: str
    tags: Mapping[str, str] = field(default_factory=dict)
    far: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether the workflow made it: it has our name, and the tag that only the workflow gives."""
        return self.backup is not None and EXECUTION_TAG in self.tags

    @property
    def backup(self) -> str | None:
        """The id of the backup that its name speaks of."""
        return backup_of(self.name) if self.name.startswith(SNAPSHOT_PREFIX) else None

    @property
    def is_copy(self) -> bool:
        """Whether it is the encrypted copy, which is what is kept, and not the snapshot it was made from."""
        return self.name.endswith(COPY_SUFFIX)

    @property
    def can_be_restored(self) -> bool:
        """Whether it is a finished copy."""
        return self.is_copy and self.status == AVAILABLE


@dataclass(frozen=True, slots=True)
class Keep:
    """How long verified backups are kept: for so many days, and the newest so many in any case, one at the least."""

    days: int
    verified: int


def to_delete(
    records: Sequence[BackupRecord],
    snapshots: Sequence[StoredSnapshot],
    now: datetime,
    keep: Keep,
    *,
    leftovers_only: bool = False,
) -> tuple[StoredSnapshot, ...]:
    """The snapshots and copies that may go now. leftovers_only: nothing of what was ever verified."""
    busy = _at_work(records)
    known = {
        record.id: record for record in records if record.id not in busy and not (leftovers_only and record.is_verified)
    }
    staying = kept_backups(records, snapshots, now, keep)
    safe = {each.backup for each in snapshots if each.is_ours and each.can_be_restored}
    return tuple(
        each
        for each in snapshots
        if each.is_ours and each.backup in known and _may_go(each, known[each.backup], staying, safe, now)
    )


def kept_backups(
    records: Sequence[BackupRecord], snapshots: Sequence[StoredSnapshot], now: datetime, keep: Keep
) -> frozenset[str]:
    """The ids of the backups that stay as they are."""
    there = {each.backup for each in snapshots if each.is_ours and each.can_be_restored}
    newest = sorted((each for each in records if each.is_verified), key=lambda each: each.started_at, reverse=True)
    restorable = [each for each in newest if each.id in there]
    doubted = failed_again(records)
    sound = [each for each in restorable if each.id not in doubted]
    most = max(keep.verified, 1)
    return frozenset(
        {
            *_at_work(records),
            *(each.id for each in newest if now - each.started_at < timedelta(days=keep.days)),
            # Those that a later verification doubts do not count, and are no reason to keep none.
            *(each.id for each in restorable[:most]),
            *(each.id for each in sound[:most]),
        }
    )


def failed_again(records: Sequence[BackupRecord]) -> frozenset[str]:
    """The ids of verified backups whose latest verification failed its checks."""
    judged = [
        each
        for each in records
        if each.kind is BackupKind.VERIFY and each.outcome in {BackupOutcome.VERIFIED, BackupOutcome.CHECK_FAILED}
    ]
    latest = {each.of: each for each in sorted(judged, key=lambda each: each.started_at)}
    return frozenset(of for of, each in latest.items() if each.outcome is BackupOutcome.CHECK_FAILED)


def emptied(records: Sequence[BackupRecord], left: Sequence[StoredSnapshot], now: datetime) -> tuple[BackupRecord, ...]:
    """The records of which nothing is left in RDS, whoever removed it, and that nobody has marked so yet.

    left: the snapshots and copies that are there after the pruning.
    """
    there = {each.backup for each in left}
    busy = _at_work(records)
    return tuple(
        each for each in records if each.id not in there | busy and each.deleted_at is None and _is_old(each, now)
    )


def _at_work(records: Sequence[BackupRecord]) -> frozenset[str]:
    """The ids of the backups that are being made, or verified again."""
    return frozenset(name for each in records if each.running for name in (each.id, each.of))


def _may_go(
    snapshot: StoredSnapshot,
    record: BackupRecord,
    staying: Collection[str],
    safe: Collection[str | None],
    now: datetime,
) -> bool:
    if record.is_verified and record.id in staying:
        # Of a backup that stays, only the snapshot that its copy was made from is too much.
        return not snapshot.is_copy and record.id in safe and _is_old(record, now)
    return record.id not in staying and (record.is_verified or _is_old(record, now))


def _is_old(record: BackupRecord, now: datetime) -> bool:
    return now - (record.ended_at or record.started_at) >= LEFTOVERS_STAY
