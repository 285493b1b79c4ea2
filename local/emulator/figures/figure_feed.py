"""What figures came, for whoever evaluates alarms: ``GET /_statline/figures?after=NUMBER&since=SECONDS``.

CloudWatch gives no samples, only statistics of periods, and a reader of all alarms' figures would ask for hundreds of
them every ten seconds. Here it gets what arrived after the number that it was told last, of all regions together, and
of each region's alarms a digest that changes with any of them. `since` (epoch seconds) bounds a first reading.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack import app
from ministack.services import cloudwatch

from local.emulator.figures import figure_store

PATH = "/_statline/figures"
Answer = tuple[int, dict[str, str], bytes]

_MINUTE = 60


def _moment(point: Mapping[str, Any]) -> float:
    """The moment as CloudWatch keeps it: by the second, or by the minute."""
    at = float(point["Timestamp"])
    return float(at // 1) if figure_store.is_fine(point) else float(at // _MINUTE * _MINUTE)


def _samples(point: Mapping[str, Any]) -> Iterator[tuple[float, float, float]]:
    """Moment, value and weight. A statistic set is told by values that have the same sum, count and extremes."""
    at = _moment(point)
    if "_stat" not in point:
        yield at, float(point["Value"]), float(point.get("Count", 1))
        return
    count, total, low, high = cloudwatch._point_stats(point)
    if count <= 1 or low == high:
        yield at, total / count if count else 0.0, count
        return
    yield at, low, 1.0
    yield at, high, 1.0
    if count > 2:  # noqa: PLR2004 - the two extremes
        yield at, (total - low - high) / (count - 2), count - 2


def _new(points: list[Mapping[str, Any]], after: int, last: int, since: float) -> Iterator[Mapping[str, Any]]:
    """The points with numbers above one and up to another, the newest first: they stand in the order of arrival."""
    for point in reversed(points):
        number = point.get(figure_store.ARRIVED, 0)
        if number <= after:
            return
        if number <= last and point["Timestamp"] >= since:
            yield point


def figures(after: int, since: float) -> dict[str, Any]:
    """What arrived after a number, by region and metric, and the number to go on from."""
    last = figure_store.arrivals.last
    metrics: list[dict[str, Any]] = []
    for (_account, region, (namespace, name, _dimensions)), points in list(cloudwatch._metrics._data.items()):
        new = list(_new(points, after, last, since))
        if new:
            metric = {"region": region, "namespace": namespace, "name": name, "dimensions": new[0]["Dimensions"]}
            metrics.append({**metric, "samples": [sample for point in new[::-1] for sample in _samples(point)]})
    return {"last": last, "metrics": metrics, "alarms": _digests()}


def _digests() -> dict[str, int]:
    """For each region a number that changes when one of its alarms is made, changed, set or removed."""
    digests: dict[str, int] = {}
    for store in (cloudwatch._alarms, cloudwatch._composite_alarms):
        for (_account, region, _name), alarm in list(store._data.items()):
            digests[region] = zlib.crc32(repr(alarm).encode(), digests.get(region, 0))
    return digests


def _first(parameters: Mapping[str, list[str]], name: str) -> str:
    return (parameters.get(name) or ["0"])[0]


def _with_feed(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_or_feed(method: str, path: str, headers: Any, parameters: Any, request_id: str) -> Any:
        if path != PATH or method != "GET":
            return await handle(method, path, headers, parameters, request_id)
        body = figures(int(_first(parameters, "after")), float(_first(parameters, "since")))
        return 200, {"Content-Type": "application/json"}, json.dumps(body, separators=(",", ":")).encode()

    return handle_or_feed


def install() -> None:
    """Answer under the path, as the emulator does under its own."""
    app._handle_pre_body_request = _with_feed(app._handle_pre_body_request)
