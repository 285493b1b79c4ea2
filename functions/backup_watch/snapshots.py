"""Snapshots of the primary: which of them are somebody's doing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.backup_watch.finding import Level, Observation, Source
from functions.backup_watch.window import BackupWindow

LOOK_BACK = timedelta(hours=1)
"""A snapshot that was made and finished between two looks is found for so long."""
_FINISHED = frozenset({"available", "failed", "deleting", "incompatible-restore", "incompatible-parameters"})
_AUTOMATED = "automated"
_TAKEN_BY = {"manual": "asked for by hand", "awsbackup": "asked for by AWS Backup"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One entry of RDS's list. kind: RDS's SnapshotType. begun_at: None while RDS has not begun.

    is_copy: it was made of another snapshot, and the primary had no part in it.
    """

    name: str
    kind: str
    status: str
    begun_at: datetime | None
    is_copy: bool

    @property
    def in_the_making(self) -> bool:
        """Whether RDS works on it now."""
        return self.status not in _FINISHED


def snapshot_key(name: str) -> str:
    """The key of what is found about a snapshot."""
    return f"snapshot#{name}"


def observe(snapshot: Snapshot, *, primary: str, window: BackupWindow, now: datetime) -> Observation | None:
    """What a snapshot of the primary says; None for one that is declared, long made, or a copy."""
    since = snapshot.begun_at or now
    if snapshot.is_copy or not (snapshot.in_the_making or since >= now - LOOK_BACK):
        return None
    if snapshot.kind == _AUTOMATED and window.holds(since):
        return None
    return Observation(
        key=snapshot_key(snapshot.name),
        source=Source.SNAPSHOTS,
        level=Level.TICKET if snapshot.kind == _AUTOMATED else Level.PAGE,
        what=_what(snapshot, primary),
        who="",
        since=since,
        over=not snapshot.in_the_making,
    )


def _what(snapshot: Snapshot, primary: str) -> str:
    if snapshot.kind == _AUTOMATED:
        return (
            f"RDS's automated backup of {primary} ({snapshot.name}) began outside its declared window: somebody moved"
            " the window, switched backups on or upgraded the engine"
        )
    return f"a snapshot of {primary} ({snapshot.name}), {_TAKEN_BY.get(snapshot.kind, snapshot.kind)}"
