"""A backup of the database's replica: the words for what it is, how far it has come and how it ended.

The workflow (infra), the functions that it calls and the command line speak of a backup in these words only.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.core.domain.errors import PermanentError


class BackupKind(StrEnum):
    """What is wanted. Each kind takes a snapshot of the replica and verifies it; the last two make more of it."""

    SNAPSHOT = "snapshot"
    EXPORT = "export"
    """Parquet files in the backups' bucket, made by RDS from the verified copy. For analysis: cannot be restored."""
    DUMP = "dump"
    """A logical dump (``pg_restore`` reads it) in the backups' bucket, made from the restored copy."""
    VERIFY = "verify"
    """An earlier backup restored and checked again. Nothing is snapshotted."""


class Step(StrEnum):
    """How far a backup has come, in the order in which steps are taken."""

    PREFLIGHT = "preflight"
    FACTS = "facts"
    SNAPSHOT = "snapshot"
    COPY = "copy"
    FAR_COPY = "far_copy"
    RESTORE = "restore"
    CHECK = "check"
    DUMP = "dump"
    DROP = "drop"
    EXPORT = "export"
    RECORD = "record"
    PRUNE = "prune"


class BackupOutcome(StrEnum):
    """How a backup ended: the names of the workflow's end states. Only the first is a backup to rely on."""

    VERIFIED = "Verified"
    PREFLIGHT_REFUSED = "PreflightRefused"
    SNAPSHOT_FAILED = "SnapshotFailed"
    SNAPSHOT_TIMED_OUT = "SnapshotTimedOut"
    COPY_FAILED = "CopyFailed"
    RESTORE_FAILED = "RestoreFailed"
    CHECK_FAILED = "CheckFailed"
    DUMP_FAILED = "DumpFailed"
    EXPORT_FAILED = "ExportFailed"
    DROP_FAILED = "DropFailed"
    HALTED = "Halted"
    """An alarm spoke while it ran: what could be stopped was stopped."""
    CANCELLED = "Cancelled"
    """A person asked for it."""
    INTERRUPTED = "Interrupted"
    """Its execution was ended from outside. The next clean-up writes this, and removes what was left."""


class NoSuchBackupError(PermanentError):
    """There is no record of a backup of this id."""

    def __init__(self, backup: str) -> None:
        super().__init__(f"there is no backup {backup}; `statline backup list` shows those that there are")


class UnreadableRecordError(PermanentError):
    """What is stored of a backup cannot be read: an attribute is missing, or is not what it should be."""


class Moment(StrEnum):
    """When the replica was asked what it holds: around the snapshot."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What one check of a restored backup said. words: a sentence without any row's content."""

    name: str
    passed: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRecord:
    """What is known of one backup. A field that has not come yet is None.

    id: the moment of its start and the beginning of its execution's name; names of all that it makes end with it.
    execution: the ARN of the Step Functions execution.
    of: for a verification, the id of the backup that is verified again; its own id otherwise.
    progress: of the present step, in per cent, where RDS says so.
    snapshot, copy: identifiers of DB snapshots here; far_copy: in the region that config names for copies (far_region).
    restored: the instance that the copy was restored to, until it is dropped.
    location: where an export or a dump lies, as an ``s3://`` address.
    size_gib: the allocated storage of the snapshot. duration_seconds: from start to end.
    cancel_asked_by: who wants it to stop. The workflow looks here whenever it looks at what RDS does.
    deleted_at: when retention removed its snapshots and copies. The record stays a while for people to see.
    """

    id: str
    kind: BackupKind
    reason: str
    started_by: str
    execution: str
    started_at: datetime
    step: Step
    of: str
    step_at: datetime | None = None
    progress: int | None = None
    outcome: BackupOutcome | None = None
    words: str = ""
    ended_at: datetime | None = None
    snapshot: str | None = None
    copy: str | None = None
    far_copy: str | None = None
    far_region: str | None = None
    restored: str | None = None
    location: str | None = None
    verified_at: datetime | None = None
    size_gib: int | None = None
    duration_seconds: int | None = None
    cancel_asked_by: str | None = None
    deleted_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether nobody has written yet how it ended."""
        return self.outcome is None

    @property
    def is_verified(self) -> bool:
        """Whether it is a backup that has passed its checks. A verification of an earlier one makes none of its own.

        What fails after the checks (a dump, an export, the copy in the other region) makes the copy here no worse.
        """
        return self.verified_at is not None and self.kind is not BackupKind.VERIFY and not self.running

    @property
    def is_kept(self) -> bool:
        """Whether it is a verified backup that retention has not removed."""
        return self.is_verified and self.deleted_at is None


EXECUTION_TAG = "statline:execution"
"""On everything that a backup makes in RDS: the execution (name or ARN) that made it. What lacks it is not ours."""
BACKUP_TAG = "statline:backup"
"""Beside it: the backup's id."""
ROLE_TAG = "statline:database-role"
"""On the primary and on the replica, and on nothing that a backup makes."""
SNAPSHOT_PREFIX = "statline-backup-"
"""Snapshots of the replica: ``statline-backup-<id>``; their encrypted copies end with ``-copy``."""
COPY_SUFFIX = "-copy"
RESTORED_PREFIX = "statline-verify-"
"""Instances that backups are restored to: ``statline-verify-<id>``. Nothing else has this prefix."""


def snapshot_name(backup: str) -> str:
    """The identifier of a backup's snapshot of the replica."""
    return f"{SNAPSHOT_PREFIX}{backup}"


def copy_name(backup: str) -> str:
    """The identifier of a backup's encrypted copy, here and in the region for copies."""
    return f"{SNAPSHOT_PREFIX}{backup}{COPY_SUFFIX}"


def restored_name(backup: str) -> str:
    """The identifier of the instance that a run restores to."""
    return f"{RESTORED_PREFIX}{backup}"


def export_name(backup: str) -> str:
    """The identifier of the task that exports a backup's copy."""
    return f"{SNAPSHOT_PREFIX}{backup}{_EXPORT_SUFFIX}"


_EXPORT_SUFFIX = "-export"
_NAME = re.compile(
    rf"(?:{SNAPSHOT_PREFIX}|{RESTORED_PREFIX})(?P<id>\d{{8}}t\d{{6}}-[a-z0-9]{{1,4}})(?:{COPY_SUFFIX}|{_EXPORT_SUFFIX})?"
)


def backup_of(name: str) -> str | None:
    """The id of the backup that a snapshot, copy, restored instance or export belongs to; None for names not ours."""
    found = _NAME.fullmatch(name)
    return None if found is None else found["id"]
