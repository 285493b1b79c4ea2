"""Metrics that functions write as lines of their logs (CloudWatch's embedded metric format).

On AWS the log service reads them; the emulator only keeps the line. A line that breaks the format gives no metric,
there as here.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.services import cloudwatch, lambda_svc

Document = Mapping[str, Any]
Point = tuple[str, str, dict[str, Any]]
"""A namespace, a metric's name, and a data point as the emulator keeps it."""

_MARK = '"_aws"'
_MILLISECONDS = 1000
_MOST_DIMENSIONS = 30
_MOST_VALUES = 100
_OLDEST_SECONDS, _LATEST_SECONDS = 14 * 86_400, 2 * 3600
_USUAL_RESOLUTION = 60


def points_of(line: str, now: float) -> Iterator[Point]:
    """The data points in a line of a log. `now`: seconds of the epoch."""
    document = _document(line)
    about = document.get("_aws")
    if not isinstance(about, dict):
        return
    at = about.get("Timestamp", now * _MILLISECONDS) / _MILLISECONDS
    if not now - _OLDEST_SECONDS < at < now + _LATEST_SECONDS:
        return
    for directive in about.get("CloudWatchMetrics", []):
        for dimensions in _dimension_sets(directive, document):
            for metric in directive.get("Metrics", []):
                for point in _points(metric, document):
                    named = {"Timestamp": at, "Dimensions": dimensions, **point}
                    yield directive["Namespace"], metric["Name"], named


def _document(line: str) -> Document:
    if _MARK not in line:
        return {}
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _dimension_sets(directive: Document, document: Document) -> Iterator[dict[str, str]]:
    """The sets whose dimensions all have a value in the document."""
    for names in directive.get("Dimensions", []):
        values = {name: document.get(name) for name in names}
        if len(names) <= _MOST_DIMENSIONS and all(isinstance(value, str) and value for value in values.values()):
            yield {name: str(value) for name, value in values.items()}


def _points(metric: Document, document: Document) -> Iterator[dict[str, Any]]:
    value = document.get(metric["Name"])
    values = value if isinstance(value, list) else [value]
    for number in values[:_MOST_VALUES]:
        if isinstance(number, int | float) and not isinstance(number, bool):
            resolution = metric.get("StorageResolution", _USUAL_RESOLUTION)
            yield {"Value": float(number), "Unit": metric.get("Unit", "None"), "StorageResolution": resolution}


def _well_formed(line: str, now: float) -> list[Point]:
    try:
        return list(points_of(line, now))
    except (KeyError, TypeError, AttributeError):
        return []  # of another shape than the format's


def _with_metrics(emit: Callable[..., None]) -> Callable[..., None]:
    def emit_and_measure(func: dict[str, Any], request_id: str, log_text: str, *rest: Any, **settings: Any) -> None:
        emit(func, request_id, log_text, *rest, **settings)
        now = time.time()
        found = [point for line in (log_text or "").splitlines() for point in _well_formed(line, now)]
        for namespace, name, point in found:
            key = (namespace, name, cloudwatch._dims_key(point["Dimensions"]))
            cloudwatch._metric_bucket(key).append(point)

    return emit_and_measure


def install() -> None:
    """Make metrics of such lines."""
    lambda_svc._emit_lambda_logs = _with_metrics(lambda_svc._emit_lambda_logs)
