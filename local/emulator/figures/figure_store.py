"""CloudWatch's store of figures: what came when, kept as long as it is of use.

Every figure gets the number of its arrival, by which a reader asks for what is new (figure_feed.py). The emulator walks
over all figures at each call to find those of two weeks ago; here that is done once a minute. What comes by the second,
or once a minute from AWS itself, is thousands a minute: as the store is held in memory it is forgotten after hours, and
only the last of it outlives the emulator, whose end must not wait for the writing.
"""

import contextvars
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

Point = dict[str, Any]
Key = tuple[str, str, str]
"""A namespace, a metric's name, and its dimensions as the emulator writes them."""

ARRIVED = "Arrived"
RESOLUTION = "StorageResolution"
USUAL_RESOLUTION = 60
_HOUR = 3600
_KEPT_BY_THE_SECOND = 3 * _HOUR
_KEPT_OF_AWS: Mapping[str, int] = MappingProxyType({"AWS/SQS": 1 * _HOUR, "AWS/Lambda": 4 * _HOUR})
_KEPT_OF_ALL_AWS = 6 * _HOUR
_KEPT = 14 * 24 * _HOUR
_OUTLIVES = _HOUR // 4
_LOOK_EVERY = 60.0


class Arrivals:
    """Numbers what comes. Begins later than an earlier run of the emulator ended, whose figures may have been kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = time.time_ns()

    def add(self, points: list[Point], point: Point) -> None:
        """Put a point, with its number, at the end of its metric's points."""
        with self._lock:
            self._last += 1
            points.append({**point, ARRIVED: self._last})

    @property
    def last(self) -> int:
        """The newest number; every point with it or a lower one is in its place."""
        with self._lock:
            return self._last


arrivals = Arrivals()


_resolution: contextvars.ContextVar[int | None] = contextvars.ContextVar("statline_resolution", default=None)


class _Inbox:
    """Takes a metric's points."""

    def __init__(self, points: list[Point]) -> None:
        self._points = points

    def append(self, point: Point) -> None:
        resolution = _resolution.get()
        arrivals.add(self._points, point if resolution is None else {**point, RESOLUTION: resolution})


def _with_resolution(put_data: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what the caller of `PutMetricData` says of each datum's resolution; the emulator forgets it."""

    def put_with_resolution(params: Any, data: dict[str, Any], *protocol: Any) -> Any:
        given = data.get("MetricData", [])
        fine = [datum for datum in given if datum.get(RESOLUTION) == 1]
        token = _resolution.set(1)
        try:
            put_data({}, {**data, "MetricData": fine}, *protocol)
        finally:
            _resolution.reset(token)
        rest = [datum for datum in given if datum.get(RESOLUTION) != 1]
        return put_data(params, {**data, "MetricData": rest}, *protocol)

    return put_with_resolution


def _inbox(key: Key) -> _Inbox:
    return _Inbox(cloudwatch._metrics.setdefault(key, []))


def put(scope: tuple[str, str], key: Key, dimensions: Mapping[str, str], points: list[Point]) -> None:
    """Take points of one metric, in an account and region. Each has at least a ``Value`` and a ``Timestamp``."""
    with request_scope(*scope):
        inbox = cloudwatch._metric_bucket(key)
        for point in points:
            inbox.append({"Unit": "None", "Dimensions": dimensions, **point})


def is_fine(point: Mapping[str, Any]) -> bool:
    """Whether a point is kept by the second; all others are known by the minute."""
    return int(point.get(RESOLUTION) or USUAL_RESOLUTION) < USUAL_RESOLUTION


def _kept(namespace: str, point: Mapping[str, Any]) -> int:
    if is_fine(point):
        return _KEPT_BY_THE_SECOND
    return _KEPT_OF_AWS.get(namespace, _KEPT_OF_ALL_AWS) if namespace.startswith("AWS/") else _KEPT


def _outlives(namespace: str, point: Mapping[str, Any]) -> int:
    """For how long a point is worth keeping over a restart."""
    kept = _kept(namespace, point)
    return kept if kept == _KEPT else min(kept, _OUTLIVES)


def _forget(now: float, kept: Callable[[str, Mapping[str, Any]], int]) -> None:
    for scoped, points in list(cloudwatch._metrics._data.items()):
        namespace = scoped[-1][0]
        if points and points[0]["Timestamp"] < now - kept(namespace, points[0]):
            points[:] = [point for point in points if point["Timestamp"] >= now - kept(namespace, point)]
        if not points:
            cloudwatch._metrics._data.pop(scoped, None)


def _with_little(get_state: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The emulator asks for its state when it ends."""

    def get_little_state() -> dict[str, Any]:
        _forget(time.time(), _outlives)
        return get_state()

    return get_little_state


class _Sweep:
    """Forgets what is old, at most once a minute."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> None:
        now = time.time()
        if now >= self._next:
            self._next = now + _LOOK_EVERY
            _forget(now, _kept)


def install() -> None:
    """Number what arrives, and forget by the minute."""
    cloudwatch._metric_bucket = _inbox
    cloudwatch._put_metric_data = _with_resolution(cloudwatch._put_metric_data)
    cloudwatch._evict_old_metrics = _Sweep()
    cloudwatch.get_state = _with_little(cloudwatch.get_state)
