"""The backup watch's entry point: every minute, and when RDS or CloudTrail speak."""

from typing import Any

from functions.backup_watch.calls import observe_call
from functions.backup_watch.events import DetailType, note_of
from functions.backup_watch.ports import CannotSeeError
from functions.backup_watch.wiring import Parts, wire
from functions.core.adapters.telemetry.embedded_metrics import Metric

_SECONDS_OF_AN_HOUR = 3600


def handle(event: dict[str, Any], _context: object) -> None:
    """Look, or take in what was heard. Raises `CannotSeeError` where the primary could not be seen."""
    parts = wire()
    if event["detail-type"] == DetailType.CALL:
        _hear(parts, event["detail"])
        return
    try:
        _look(parts, event)
    finally:
        _say_age(parts)


def _hear(parts: Parts, detail: dict[str, Any]) -> None:
    observation = observe_call(detail, primary=parts.watch.primary)
    if observation is None:
        return
    parts.log.warn("backup of the primary asked for", reason=detail["eventName"])
    parts.watch.hear(observation)


def _look(parts: Parts, event: dict[str, Any]) -> None:
    note = note_of(event["detail"]) if event["detail-type"] == DetailType.SNAPSHOT else None
    looked = parts.watch.look(note)
    if looked.on_primary:
        parts.log.warn("backup on the primary", count=looked.on_primary)
    # Where nothing is known nothing is said: an alarm hears the silence.
    if looked.is_certain:
        parts.metrics.put({Metric.BACKUP_ON_PRIMARY: 1 if looked.on_primary else 0})
    if looked.blind:
        raise CannotSeeError("; ".join(looked.blind))


def _say_age(parts: Parts) -> None:
    """The age of the last verified backup; none was verified yet: nothing is said, and an alarm hears that, too.

    It counts from the backup's start: an old one that is verified again holds nothing newer.
    """
    verified = parts.records.last_verified()
    if verified is not None:
        age = parts.watch.clock() - verified.started_at
        parts.metrics.put({Metric.VERIFIED_BACKUP_AGE: age.total_seconds() / _SECONDS_OF_AN_HOUR})
