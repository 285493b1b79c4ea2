"""One backup's item in the table, read. The workflow writes it, with DynamoDB's own values."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from functions.core.domain.backup.record import BackupKind, BackupOutcome, BackupRecord, Step, UnreadableRecordError


def _whole(value: str) -> int:
    """Step Functions writes numbers as it has computed them: ``42``, and ``42.0``, too."""
    return int(float(value))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


_READ: Mapping[str, Callable[[str], object]] = {
    "kind": BackupKind,
    "step": Step,
    "outcome": BackupOutcome,
    "started_at": _moment,
    "step_at": _moment,
    "ended_at": _moment,
    "verified_at": _moment,
    "deleted_at": _moment,
    "progress": _whole,
    "size_gib": _whole,
    "duration_seconds": _whole,
}
"""How an attribute is read that is more than a text."""
_FIELDS = frozenset(BackupRecord.__dataclass_fields__) - {"id"}


def record_in(item: Mapping[str, Any]) -> BackupRecord:
    """The record in an item. An attribute that a newer workflow has added is passed over.

    Raises `UnreadableRecordError` naming the backup and what is wrong with it.
    """
    backup = item["sk"]["S"]
    present = {name: item[name] for name in _FIELDS & item.keys() if "NULL" not in item[name]}
    values = {name: _value(backup, name, attribute) for name, attribute in present.items()}
    values.setdefault("of", backup)
    try:
        return BackupRecord(id=backup, **values)
    except TypeError as cause:
        raise UnreadableRecordError(f"the record of backup {backup} lacks an attribute: {cause}") from cause


def _value(backup: str, name: str, attribute: Mapping[str, str]) -> Any:
    ((_, text),) = attribute.items()
    try:
        return _READ.get(name, str)(text)
    except ValueError as cause:
        raise UnreadableRecordError(f"the record of backup {backup} cannot be read: {name} is {text!r}") from cause
