"""A history from what CloudWatch's GetMetricData answers, one page or many, however they were put into a file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from statline.backtest.errors import HistoryError
from statline.backtest.history import History, series_of
from statline.backtest.moments import NoMomentError, moment_in

_RESULTS = "MetricDataResults"
_PARTIAL = "PartialData"
Row = tuple[float, float | None]


def read_json(text: str, *, name: str, utc: bool) -> History:
    """The history in GetMetricData's JSON: pages after each other, in a list, or one a line. Raises `HistoryError`."""
    results = [result for document in _documents(text, name) for result in _results(document, name)]
    if not results:
        raise HistoryError([f"{name} has no result: is it the answer of `aws cloudwatch get-metric-data`?"])
    rows: dict[str, list[Row]] = {}
    labels: dict[str, str] = {}
    for number, result in enumerate(results, start=1):
        id_ = str(result.get("Id") or result.get("Label") or f"result{number}")
        labels.setdefault(id_, str(result.get("Label") or id_))
        rows.setdefault(id_, []).extend(_rows(result, f"{name}, result {id_!r}", utc=utc))
    until = max((moment for found in rows.values() for moment, _ in found), default=None)
    series = [replace(series_of(id_, labels[id_], found), until=until) for id_, found in rows.items()]
    return History(series, list(_notes(results, [one.id for one in series if not one.points])))


def _documents(text: str, name: str) -> Iterator[Any]:
    """Every JSON text, one after the other, with anything blank between them."""
    decoder, position = json.JSONDecoder(), 0
    while (position := _skip_blank(text, position)) < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except ValueError as cause:
            line = text.count("\n", 0, getattr(cause, "pos", position)) + 1
            raise HistoryError([f"{name}, line {line}: this is no JSON, or it ends early"]) from cause
        yield from document if isinstance(document, list) else [document]


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and (text[position].isspace() or text[position] == ","):
        position += 1
    return position


def _results(document: Any, name: str) -> Sequence[Mapping[str, Any]]:
    if isinstance(document, Mapping) and isinstance(document.get(_RESULTS), list):
        if not all(isinstance(result, Mapping) for result in document[_RESULTS]):
            raise HistoryError([f"{name}: a result in its {_RESULTS} is no object with Id, Timestamps and Values"])
        return list(document[_RESULTS])
    if isinstance(document, Mapping) and {"Timestamps", "Values"} <= document.keys():
        return [document]
    if isinstance(document, Mapping) and "Datapoints" in document:
        raise HistoryError([f"{name} is the answer of get-metric-statistics: fetch it with get-metric-data instead"])
    raise HistoryError([f"{name} has no {_RESULTS}: it must be what `aws cloudwatch get-metric-data` prints"])


def _rows(result: Mapping[str, Any], place: str, *, utc: bool) -> Iterator[Row]:
    moments, values = result.get("Timestamps") or [], result.get("Values") or []
    if not (isinstance(moments, list) and isinstance(values, list)):
        raise HistoryError([f"{place}: its Timestamps and its Values must be lists"])
    if len(moments) != len(values):
        raise HistoryError([f"{place} has {len(moments):,} timestamps and {len(values):,} values"])
    for number, (moment, value) in enumerate(zip(moments, values, strict=True), start=1):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise HistoryError([f"{place}, value {number}: it is no number"])
        try:
            yield moment_in(moment, utc=utc), None if value is None else float(value)
        except NoMomentError as cause:
            raise HistoryError([f"{place}, timestamp {number}: '{str(moment)[:40]}' {cause}"]) from cause


def _notes(results: Sequence[Mapping[str, Any]], without: Sequence[str]) -> Iterator[str]:
    last = {str(result.get("Id")): result.get("StatusCode") for result in results}
    partial = sorted(id_ for id_, status in last.items() if status == _PARTIAL)
    if partial:
        yield f"{', '.join(partial)}: CloudWatch said PartialData and no later page is there; figures may be missing."
    if without:
        yield f"{', '.join(sorted(without))}: there is no figure."
    for result in results:
        for message in result.get("Messages") or []:
            yield f"{result.get('Id')}: CloudWatch said {message.get('Code')}: {message.get('Value')}"
