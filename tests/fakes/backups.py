"""A world for the upkeep of backups: RDS in a region, executions, records. Nothing but what tests put there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.backup_upkeep.ports import NotOursError, RdsRefusedError
from functions.core.domain.backup.leftovers import StoredExport, StoredInstance
from functions.core.domain.backup.record import (
    EXECUTION_TAG,
    BackupKind,
    BackupOutcome,
    BackupRecord,
    NoSuchBackupError,
    Step,
    copy_name,
    snapshot_name,
)
from functions.core.domain.backup.retention import StoredSnapshot
from tests.fakes.clock import NOON

MACHINE = "arn:aws:states:ca-central-1:111122223333:stateMachine:statline-backup"
EXECUTION = "arn:aws:states:ca-central-1:111122223333:execution:statline-backup:"


def backup_id(number: int) -> str:
    """An id like the workflow's."""
    return f"20260101t{number:06}-abcd"


def a_record(
    number: int = 1,
    *,
    kind: BackupKind = BackupKind.SNAPSHOT,
    outcome: BackupOutcome | None = BackupOutcome.VERIFIED,
    days_ago: float = 0.5,
    of: int | None = None,
    **more: Any,
) -> BackupRecord:
    """The record of a backup that began so many days before noon."""
    started = NOON - timedelta(days=days_ago)
    return BackupRecord(
        id=backup_id(number),
        kind=kind,
        reason="a test",
        started_by="somebody",
        execution=f"{EXECUTION}{number}",
        started_at=started,
        step=Step.RECORD,
        of=backup_id(number if of is None else of),
        outcome=outcome,
        ended_at=None if outcome is None else started + timedelta(minutes=30),
        verified_at=started + timedelta(minutes=30) if outcome is BackupOutcome.VERIFIED else None,
        **more,
    )


def a_snapshot(number: int = 1, *, status: str = "available") -> StoredSnapshot:
    """The workflow's snapshot of the replica."""
    return StoredSnapshot(snapshot_name(backup_id(number)), status, {EXECUTION_TAG: f"{EXECUTION}{number}"})


def a_copy(number: int = 1, *, status: str = "available", far: bool = False) -> StoredSnapshot:
    """The workflow's encrypted copy."""
    return StoredSnapshot(copy_name(backup_id(number)), status, {EXECUTION_TAG: f"{EXECUTION}{number}"}, far=far)


@dataclass
class FakeRegion:
    """RDS in one region. stuck: names whose state forbids removal; forbidden: names that it refuses to remove."""

    stored_snapshots: list[StoredSnapshot] = field(default_factory=list)
    stored_instances: list[StoredInstance] = field(default_factory=list)
    stored_exports: list[StoredExport] = field(default_factory=list)
    stuck: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    copied: list[tuple[str, str, str, Mapping[str, str]]] = field(default_factory=list)

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        return tuple(self.stored_snapshots)

    def instances(self) -> tuple[StoredInstance, ...]:
        return tuple(self.stored_instances)

    def exports(self) -> tuple[StoredExport, ...]:
        return tuple(self.stored_exports)

    def find_snapshot(self, name: str) -> Mapping[str, Any] | None:
        found = next((each for each in self.stored_snapshots if each.name == name), None)
        return None if found is None else {"Status": found.status, "PercentProgress": 40}

    def delete_snapshot(self, snapshot: StoredSnapshot) -> bool:
        if not snapshot.is_ours:
            raise NotOursError(snapshot.name)
        if not self._lets_go(snapshot.name):
            return False
        self.stored_snapshots = [each for each in self.stored_snapshots if each.name != snapshot.name]
        return True

    def drop_instance(self, instance: StoredInstance) -> bool:
        if not instance.may_be_dropped:
            raise NotOursError(instance.name)
        if not self._lets_go(instance.name):
            return False
        self.stored_instances = [each for each in self.stored_instances if each.name != instance.name]
        return True

    def cancel_export(self, export: StoredExport) -> bool:
        if export.backup is None:
            raise NotOursError(export.name)
        self.stored_exports = [
            replace(each, status="CANCELING") if each.name == export.name else each for each in self.stored_exports
        ]
        return self._lets_go(export.name)

    def copy_from(self, region: str, snapshot_arn: str, *, name: str, key: str, tags: Mapping[str, str]) -> None:
        if self.find_snapshot(name) is None:
            self.copied.append((region, snapshot_arn, key, tags))
            self.stored_snapshots.append(StoredSnapshot(name, "creating", tags, far=True))

    def _lets_go(self, name: str) -> bool:
        if name in self.forbidden:
            raise RdsRefusedError(f"RDS refused: {name}")
        return name not in self.stuck


@dataclass
class FakeExecutions:
    """The executions that run, by the end of their ARN."""

    running: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def runs(self, execution: str) -> bool:
        self.asked.append(execution)
        return execution.removeprefix(EXECUTION) in self.running


class FakeBackups:
    """The records, and the facts beside them."""

    def __init__(self, *records: BackupRecord) -> None:
        self.records = {record.id: record for record in records}
        self.forgotten: list[str] = []

    def newest_first(self) -> Iterator[BackupRecord]:
        return iter(sorted(self.records.values(), key=lambda record: record.id, reverse=True))

    def get(self, backup: str) -> BackupRecord:
        if backup not in self.records:
            raise NoSuchBackupError(backup)
        return self.records[backup]

    def mark_interrupted(self, backup: str, words: str, at: datetime) -> bool:
        return self.records[backup].running and self._set(
            backup, outcome=BackupOutcome.INTERRUPTED, words=words, ended_at=at
        )

    def mark_far_copy(self, backup: str, *, name: str, region: str) -> bool:
        return self._set(backup, far_copy=name, far_region=region)

    def mark_deleted(self, backup: str, at: datetime, *, gone_at: datetime) -> bool:
        return self._set(backup, deleted_at=at)

    def forget(self, backup: str) -> None:
        self.forgotten.append(backup)

    def _set(self, backup: str, **values: Any) -> bool:
        self.records[backup] = replace(self.records[backup], **values)
        return True
