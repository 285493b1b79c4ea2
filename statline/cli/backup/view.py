"""How backups look: a table, a line for each step, and the words for what is stopped when one is cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from functions.core.domain.backup.record import BackupOutcome, BackupRecord, Step

_BAR = 20
STEPS: Mapping[Step, str] = {
    Step.PREFLIGHT: "asking whether it may start",
    Step.FACTS: "counting what the replica holds",
    Step.SNAPSHOT: "taking the snapshot of the replica",
    Step.COPY: "copying it with the backups' own key",
    Step.FAR_COPY: "copying it to the other region",
    Step.RESTORE: "restoring it to an isolated instance",
    Step.CHECK: "checking what was restored",
    Step.DUMP: "dumping what was restored",
    Step.DROP: "dropping the restored instance",
    Step.EXPORT: "exporting it",
    Step.RECORD: "writing the record",
    Step.PRUNE: "removing backups that are past their time",
}
STOPPED: Mapping[Step, str] = {
    Step.PREFLIGHT: "nothing has been made yet; no snapshot will be taken",
    Step.FACTS: "no further snapshot or copy will be begun",
    Step.SNAPSHOT: "a snapshot in the making cannot be stopped: it is let finish, and nothing is made of it",
    Step.COPY: "the copy in the making is deleted",
    Step.FAR_COPY: "the copy in the making is deleted in the other region",
    Step.RESTORE: "the instance in the making is dropped as soon as RDS can",
    Step.CHECK: "the checks are left, and the restored instance is dropped",
    Step.DUMP: "the dump is left, and the restored instance is dropped; what is in the bucket stays locked",
    Step.DROP: "the restored instance is being dropped; what would come after it does not",
    Step.EXPORT: "the export is cancelled; what is in the bucket stays locked",
    Step.RECORD: "it is all but over, and may end as Verified all the same",
    Step.PRUNE: "the backup is made and verified already; only the removal of old ones is left",
}


def backup_table(records: Sequence[BackupRecord]) -> Table:
    """One line a backup; on a narrow terminal cells become higher, and nothing of them is cut."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("id", no_wrap=True)
    for name in ("kind", "started (UTC)", "ended (UTC)", "outcome", "verified", "size", "location", "reason"):
        table.add_column(name, overflow="fold")
    for record in records:
        table.add_row(
            Text(record.id),
            Text(record.kind if record.of == record.id else f"{record.kind} of {record.of}"),
            Text(_minute(record.started_at)),
            Text(_minute(record.ended_at) if record.ended_at else ""),
            _outcome(record),
            Text("yes" if record.verified_at else ""),
            Text(f"{record.size_gib:,} GiB" if record.size_gib else ""),
            Text(record.location or _copies(record)),
            Text(record.reason),
        )
    return table


def as_json(record: BackupRecord) -> Mapping[str, object]:
    """Everything that is known of a backup; what has not come is null."""
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def headline(record: BackupRecord) -> str:
    """Which backup it is."""
    of = "" if record.of == record.id else f" of {record.of}"
    return (
        f"backup {record.id}: {record.kind}{of}, started {moment(record.started_at)}Z by {record.started_by}:"
        f" {record.reason}"
    )


def step_line(record: BackupRecord) -> str:
    """How far it has come."""
    progress = f" {_bar(record.progress)} {record.progress} %" if record.progress is not None else ""
    since = f" since {record.step_at:%H:%M:%S}Z" if record.step_at else ""
    cancelled = f"; {record.cancel_asked_by} has asked to cancel it" if record.cancel_asked_by else ""
    return f"{record.step}: {STEPS[record.step]}{since}{progress}{cancelled}"


def end_line(record: BackupRecord) -> str:
    """How it ended, with the words of the workflow in full."""
    took = f" after {duration(record.duration_seconds)}" if record.duration_seconds is not None else ""
    size = f", {record.size_gib:,} GiB" if record.size_gib else ""
    where = f" It is {_location(record)}." if _location(record) else ""
    return f"{record.outcome}{took}{size}: {record.words.rstrip('.') or 'no words were left'}.{where}"


def moment(at: datetime) -> str:
    """A moment for people, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def duration(seconds: int) -> str:
    """A length of time for people."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60} s"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _copies(record: BackupRecord) -> str:
    """In a word: the copy's name is made of the id."""
    if record.deleted_at or record.copy is None:
        return _location(record)
    # Its name is noted before it is begun: only an end without trouble says that it is there.
    return "copy here and afar" if record.far_copy and record.outcome is BackupOutcome.VERIFIED else "copy here"


def _location(record: BackupRecord) -> str:
    if record.deleted_at:
        return f"removed {moment(record.deleted_at)}Z"
    return record.location or record.copy or ""


def _outcome(record: BackupRecord) -> Text:
    if record.outcome is None:
        return Text(f"running ({record.step})", "cyan")
    return Text(record.outcome, "green" if record.outcome is BackupOutcome.VERIFIED else "red")


def _bar(progress: int) -> str:
    done = max(0, min(_BAR, progress * _BAR // 100))
    return f"[{'#' * done}{'.' * (_BAR - done)}]"


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value
