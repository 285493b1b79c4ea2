"""Metrics in CloudWatch's embedded metric format: a line in the log that CloudWatch reads as metrics.

It needs no call and so no way out of a closed network. By hand, because it is one line of JSON: the library that writes
it costs 50 ms of every cold start. As for the log, what may be said is a list: these names, with these dimensions, and
numbers. No id, no name and no text gets into a metric.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict, Unpack

from functions.core.adapters.clock import utc_now
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.ports.clock import Clock
from statline.contract.words import Channel, Priority

NAMESPACE = "Statline"


class Metric(StrEnum):
    """Everything that the functions measure. `MEASURES` says in which unit, about what, and how finely."""

    ROUTED_SECONDS = "RoutedSeconds"
    """From the producer's ``sent_at`` until the router has handed the deliveries to their channels."""
    ACCEPTED_SECONDS = "AcceptedSeconds"
    """From the producer's ``sent_at`` until a provider has taken the delivery over."""
    RECEIPT_SECONDS = "ReceiptSeconds"
    """From the producer's ``sent_at`` until a receipt says that it reached the phone."""
    OLDEST_OUTSTANDING = "OldestOutstandingSeconds"
    """How long ago the oldest delivery was sent that still waits for us; 0 while none waits. A stall completes
    nothing, so this is what speaks then."""
    PROVIDER_ACCEPTED = "ProviderAccepted"
    """How many calls a provider answered so. Of the four, only those are said that a batch had any of."""
    PROVIDER_PUT_OFF = "ProviderPutOff"
    """Throttled, or refused for now: certainly not sent."""
    PROVIDER_REFUSED = "ProviderRefused"
    """Never to be tried again."""
    PROVIDER_UNKNOWN = "ProviderUnknown"
    """The answer was lost."""
    CANARY_ARRIVED = "CanaryArrived"
    """1 for a canary that a provider has taken over in time, 0 for one that none has."""
    CANARY_SECONDS = "CanarySeconds"
    """From a canary's sending until its provider took it over."""
    REAL_CANARIES_LOST = "RealCanariesLost"
    """1 for a canary that really went out and that no provider has taken over in time, 0 for one that one has."""
    STEP_LATE_SECONDS = "StepLateSeconds"
    """How long after its moment a step of escalation was fired. Every step says it."""
    LADDERS_OVERDUE = "LaddersOverdue"
    """How many ladders the sweep found whose moment was past, and had looked at; 0 on a good day, every minute."""
    LADDERS_EXHAUSTED = "LaddersExhausted"
    """Ladders that ended without an acknowledgement: their steps were used up, or their time was over."""
    PROVIDER_DEMOTED = "ProviderDemoted"
    """1 while a provider is demoted, 0 while it is not; of those that have another beside them."""
    RECEIPTS_LATE = "ReceiptsLate"
    """Accepted stats that no receipt came for in time, and that went another way."""
    CALLBACKS_FORGED = "CallbacksForged"
    """Callbacks from the internet whose signature was wrong. They were refused."""
    DIRECTORY_AGE = "DirectoryAgeSeconds"
    """How old the data is that the directory was last completely compared with."""
    DIRECTORY_ENTRIES = "DirectoryEntries"
    """Live entries."""
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


class Dimension(StrEnum):
    """What a figure may be about, besides its region. Each is a closed list of a few words; no person is among them."""

    LANE = "Lane"
    CHANNEL = "Channel"
    PROVIDER = "Provider"
    KIND = "Kind"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a metric is measured.

    about: its dimensions besides Region. fine: kept by the second instead of by the minute, so that an alarm can look
    every ten seconds.
    """

    unit: str
    about: tuple[Dimension, ...] = ()
    fine: bool = False


class About(TypedDict, total=False):
    """What the figures of one line are about."""

    lane: Priority
    channel: Channel
    provider: str
    kind: SourceKind


_NAMES: Mapping[str, str] = {dimension.value.lower(): dimension.value for dimension in Dimension}
_BY_LANE = (Dimension.LANE,)
_BY_WAY = (Dimension.LANE, Dimension.CHANNEL)
_BY_PROVIDER = (Dimension.PROVIDER,)

MEASURES: Mapping[Metric, Measure] = {
    Metric.ROUTED_SECONDS: Measure("Seconds", _BY_LANE, fine=True),
    Metric.ACCEPTED_SECONDS: Measure("Seconds", _BY_WAY, fine=True),
    Metric.RECEIPT_SECONDS: Measure("Seconds", _BY_WAY, fine=True),
    Metric.OLDEST_OUTSTANDING: Measure("Seconds", _BY_WAY, fine=True),
    Metric.PROVIDER_ACCEPTED: Measure("Count", _BY_PROVIDER, fine=True),
    Metric.PROVIDER_PUT_OFF: Measure("Count", _BY_PROVIDER, fine=True),
    Metric.PROVIDER_REFUSED: Measure("Count", _BY_PROVIDER, fine=True),
    Metric.PROVIDER_UNKNOWN: Measure("Count", _BY_PROVIDER, fine=True),
    Metric.CANARY_ARRIVED: Measure("Count", _BY_WAY, fine=True),
    Metric.CANARY_SECONDS: Measure("Seconds", _BY_WAY, fine=True),
    Metric.REAL_CANARIES_LOST: Measure("Count", (Dimension.CHANNEL,)),
    Metric.STEP_LATE_SECONDS: Measure("Seconds", fine=True),
    Metric.LADDERS_OVERDUE: Measure("Count"),
    Metric.LADDERS_EXHAUSTED: Measure("Count", fine=True),
    Metric.PROVIDER_DEMOTED: Measure("None", _BY_PROVIDER, fine=True),
    Metric.RECEIPTS_LATE: Measure("Count", (Dimension.CHANNEL,), fine=True),
    Metric.CALLBACKS_FORGED: Measure("Count", fine=True),
    Metric.DIRECTORY_AGE: Measure("Seconds"),
    Metric.DIRECTORY_ENTRIES: Measure("Count", (Dimension.KIND,)),
    Metric.DIRECTORY_REPAIRED: Measure("Count"),
    Metric.DIRECTORY_DELETED: Measure("Count"),
    Metric.DIRECTORY_DELETIONS_HELD_BACK: Measure("Count"),
    Metric.DIRECTORY_ROWS_REFUSED: Measure("Count"),
    Metric.DIRECTORY_ROWS_DISAGREEING: Measure("Count"),
    Metric.VERIFIED_BACKUP_AGE: Measure("None"),
    Metric.BACKUP_SECONDS: Measure("Seconds"),
    Metric.BACKUP_SIZE: Measure("Gigabytes"),
    Metric.BACKUP_ON_PRIMARY: Measure("Count"),
}
_MOST_VALUES = 100
"""A metric's values in one line, by CloudWatch's rule."""


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

    def put(self, values: Mapping[Metric, float | Sequence[float]], **about: Unpack[About]) -> None:
        """Say what these metrics are now, or, of what happened several times, were.

        All of them are about the same: the dimensions that `MEASURES` has for each must be given, and no others.
        """
        dimensions = {"Region": self._region} | {_NAMES[name]: str(value) for name, value in about.items()}
        for start in range(0, _most(values), _MOST_VALUES):
            part = {metric.value: _part(value, start) for metric, value in values.items() if _part(value, start) != []}
            self._say(dimensions, [metric for metric in values if metric.value in part], part)

    def _say(self, dimensions: Mapping[str, str], metrics: Sequence[Metric], values: Mapping[str, object]) -> None:
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(dimensions)],
            "Metrics": [_directive(metric) for metric in metrics],
        }
        header = {"Timestamp": int(self._clock().timestamp() * 1000), "CloudWatchMetrics": [directive]}
        line = {"_aws": header, **dimensions, **values}
        self._write(json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n")


def seconds_since(sent_at: datetime, then: datetime) -> float:
    """The seconds from a producer's ``sent_at``, to the millisecond; 0 where the producer's clock runs ahead."""
    return max(round((then - sent_at).total_seconds(), 3), 0.0)


def _directive(metric: Metric) -> dict[str, object]:
    measure = MEASURES[metric]
    return {"Name": metric.value, "Unit": measure.unit} | ({"StorageResolution": 1} if measure.fine else {})


def _most(values: Mapping[Metric, float | Sequence[float]]) -> int:
    return max((1 if isinstance(value, float | int) else len(value) for value in values.values()), default=0)


def _part(value: float | Sequence[float], start: int) -> float | list[float]:
    """The values from `start` on that fit into one line. A single one is in the first."""
    if isinstance(value, float | int):
        return value if start == 0 else []
    return list(value[start : start + _MOST_VALUES])
