"""What AWS counts of its own services: added up here, and published once a period as CloudWatch has it.

AWS publishes such figures once a minute. `STATLINE_FIGURES_PERIOD` (seconds) makes that shorter for tests and drills.
"""

import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch

from local.emulator.figures import figure_store

PERIOD_VARIABLE = "STATLINE_FIGURES_PERIOD"
Scope = tuple[str, str]
"""An account and a region."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What is counted, and about what: `dimensions` are sorted pairs of name and value."""

    scope: Scope
    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]


class _Tallies:
    """How often which value was seen of each metric since they were last taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[Metric, Counter[float]] = defaultdict(Counter)

    def add(self, metric: Metric, value: float, times: float) -> None:
        with self._lock:
            self._values[metric][value] += times  # type: ignore[assignment]  # a Counter's counts may be fractions

    def take(self) -> dict[Metric, Counter[float]]:
        with self._lock:
            taken, self._values = self._values, defaultdict(Counter)
            return taken


_tallies = _Tallies()
_readers: list[Callable[[], None]] = []


def add(
    namespace: str,
    name: str,
    value: float,
    dimensions: Mapping[str, str],
    *,
    unit: str = "Count",
    scope: Scope | None = None,
) -> None:
    """Count a value once. scope: where it was seen; the present request's account and region where it is not given."""
    scope = scope or (get_account_id(), get_region())
    _tallies.add(Metric(scope, namespace, name, unit, tuple(sorted(dimensions.items()))), value, 1)


def before_publication(read: Callable[[], None]) -> None:
    """Have `read` called at the end of each period: it adds what can only be looked at, such as a queue's depth."""
    _readers.append(read)


def publish(at: float) -> None:
    """Publish what was counted as the figures of the period that began at `at` (seconds of the epoch)."""
    for read in _readers:
        read()
    for metric, values in _tallies.take().items():
        dimensions = dict(metric.dimensions)
        key = (metric.namespace, metric.name, cloudwatch._dims_key(dimensions))
        points = [
            {"Timestamp": at, "Value": value, "Count": float(times), "Unit": metric.unit}
            for value, times in values.items()
        ]
        figure_store.put(metric.scope, key, dimensions, points)


def _publish_for_ever(period: float) -> None:
    while True:
        now = time.time()
        end = (now // period + 1) * period
        time.sleep(end - now)
        publish(end - period)


def install() -> None:
    """Publish once a period from now on."""
    period = float(os.environ.get(PERIOD_VARIABLE, "60"))
    threading.Thread(target=_publish_for_ever, args=(period,), daemon=True, name="figures").start()
