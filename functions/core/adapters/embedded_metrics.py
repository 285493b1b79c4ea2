"""Metrics in CloudWatch's embedded metric format: a line in the log that CloudWatch reads as metrics.

It needs no call and so no way out of a closed network. By hand, because it is one line of JSON: the library that writes
it costs 50 ms of every cold start. As for the log, what may be said is a list: these names, with these dimensions, and
numbers. No id, no name and no text gets into a metric.
"""

import json
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum

from functions.core.adapters.clock import utc_now
from functions.core.domain.ports import Clock
from functions.core.domain.source_kind import SourceKind

NAMESPACE = "Statline"


class Metric(StrEnum):
    """Everything that the functions measure. Each stands in `_UNITS` with its unit."""

    DIRECTORY_AGE = "DirectoryAgeSeconds"
    """How old the data is that the directory was last completely compared with."""
    DIRECTORY_ENTRIES = "DirectoryEntries"
    """Live entries, with the dimension Kind."""
    DIRECTORY_REPAIRED = "DirectoryRepaired"
    DIRECTORY_DELETED = "DirectoryDeleted"
    DIRECTORY_DELETIONS_HELD_BACK = "DirectoryDeletionsHeldBack"
    """Entries that the views lack and that were left, because they are too many."""
    DIRECTORY_ROWS_REFUSED = "DirectoryRowsRefused"
    """Rows of the views that break the contract."""
    DIRECTORY_ROWS_DISAGREEING = "DirectoryRowsDisagreeing"
    """Rows that differ from their entries and whose revision does not say that they are newer."""
    VERIFIED_BACKUP_AGE = "VerifiedBackupAgeHours"
    BACKUP_SECONDS = "BackupSeconds"
    BACKUP_SIZE = "BackupGib"
    BACKUP_ON_PRIMARY = "BackupOnPrimary"
    """1 while a backup runs on the primary, else 0."""


_UNITS: Mapping[Metric, str] = {
    Metric.DIRECTORY_AGE: "Seconds",
    Metric.DIRECTORY_ENTRIES: "Count",
    Metric.DIRECTORY_REPAIRED: "Count",
    Metric.DIRECTORY_DELETED: "Count",
    Metric.DIRECTORY_DELETIONS_HELD_BACK: "Count",
    Metric.DIRECTORY_ROWS_REFUSED: "Count",
    Metric.DIRECTORY_ROWS_DISAGREEING: "Count",
    Metric.VERIFIED_BACKUP_AGE: "None",
    Metric.BACKUP_SECONDS: "Seconds",
    Metric.BACKUP_SIZE: "Gigabytes",
    Metric.BACKUP_ON_PRIMARY: "Count",
}


def _to_the_log(line: str) -> None:
    """A function's standard output is its log."""
    sys.stdout.write(line)
    sys.stdout.flush()


class EmbeddedMetrics:
    """Writes the metrics of one region, each call a line with one moment."""

    def __init__(self, region: str, *, clock: Clock = utc_now, write: Callable[[str], None] = _to_the_log) -> None:
        self._region = region
        self._clock = clock
        self._write = write

    def put(self, values: Mapping[Metric, float], *, kind: SourceKind | None = None) -> None:
        """Say what these metrics are now, with the dimensions Region and, where it is given, Kind."""
        dimensions = {"Region": self._region} | ({"Kind": kind.value} if kind else {})
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(dimensions)],
            "Metrics": [{"Name": metric.value, "Unit": _UNITS[metric]} for metric in values],
        }
        header = {"Timestamp": int(self._clock().timestamp() * 1000), "CloudWatchMetrics": [directive]}
        measured = {metric.value: value for metric, value in values.items()}
        line = {"_aws": header, **dimensions, **measured}
        self._write(json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n")
