"""Which series of a history an alarm's metrics are."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from statline.alarms.model import Alarm, MetricAlarm, MetricKey, Query, key_of
from statline.backtest.conditions import metric_text, metrics_of
from statline.backtest.errors import BacktestError, UnmatchedError
from statline.backtest.history import Series
from statline.backtest.moments import text_of

_WORDS = re.compile(r"[^\w.-]+")
_METRIC = re.compile(r"(?P<name>[^{}]+?)\s*(?:\{(?P<dimensions>[^{}]*)\})?\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """What ``--as`` says: a series is a metric, or a query of the alarm by its id or its metric's name."""

    series: str
    metric: MetricKey | None
    word: str


@dataclass(frozen=True, slots=True)
class Match:
    """An alarm with a series for each query that reads a metric. how: in a word, for people."""

    alarm: MetricAlarm
    series: Mapping[str, Series]
    how: str


def said_in(text: str) -> Said:
    """``Id=Namespace/Metric{Dimension=Value,...}``, or ``Id=m1``. Raises `BacktestError`."""
    series, _, meant = text.partition("=")
    found = _METRIC.fullmatch(meant.strip())
    if not series.strip() or found is None:
        raise BacktestError(f"--as {text}: write --as ID=Namespace/Metric{{Dimension=Value}}, or --as ID=QUERY")
    namespace, slash, name = found["name"].rpartition("/")
    if not slash:
        return Said(series.strip(), None, found["name"])
    return Said(series.strip(), key_of(namespace, name, _dimensions(found["dimensions"], text)), "")


def _dimensions(within: str | None, text: str) -> Mapping[str, str]:
    pairs = [part.partition("=") for part in (within or "").split(",") if part.strip()]
    if any(not equals for _, equals, _ in pairs):
        raise BacktestError(f"--as {text}: a dimension is Name=Value")
    return {name.strip(): value.strip() for name, _, value in pairs}


def match(alarm: MetricAlarm, series: Sequence[Series], said: Sequence[Said], *, lenient: bool) -> Match:
    """The series of each of an alarm's metrics. Raises `UnmatchedError`, which says what is needed and what is there.

    What was said comes first, then a series that is called as a query or its metric is. A series that is called as the
    formula that the alarm compares is the result already.
    lenient: the only series of a history is the only metric of the alarm, whatever it is called.
    """
    known = [one for one in series if one.points]
    needed = metrics_of(alarm)
    computed = _computed(alarm, known, said)
    if computed is not None:
        query = Query(id=alarm.returned, metric=MetricKey("computed", alarm.returned), statistic="Average")
        how = f"{computed.label} is taken for what it compares"
        return Match(replace(alarm, queries=(query,)), {alarm.returned: computed}, how)
    distinct = {(metric, query.statistic) for query, metric in needed}
    if lenient and len(known) == 1 and len(distinct) == 1 and not said:
        return Match(alarm, {query.id: known[0] for query, _ in needed}, f"{known[0].label} is taken for its metric")
    found = {query.id: _one(query, metric, known, said, needed) for query, metric in needed}
    without = [query.id for query, _ in needed if found[query.id] is None]
    if without:
        raise UnmatchedError(_words(alarm, needed, without, series))
    there = {id_: one for id_, one in found.items() if one is not None}
    return Match(alarm, there, ", ".join(f"{id_} is {one.label}" for id_, one in there.items()))


Owners = Mapping[str, Set[MetricKey]]


def owners_of(alarms: Iterable[Alarm]) -> Owners:
    """Which metrics are called by an id, among these alarms."""
    owners: dict[str, set[MetricKey]] = {}
    for alarm in alarms:
        for query, metric in metrics_of(alarm) if isinstance(alarm, MetricAlarm) else ():
            owners.setdefault(query.id, set()).add(metric)
    return owners


def open_to(alarm: MetricAlarm, series: Sequence[Series], said: Sequence[Said], owners: Owners) -> list[Series]:
    """The series that could be an alarm's.

    One whose id only another metric is called by is that one's, whatever its label; unless somebody said what it is.
    """
    own = {metric for _, metric in metrics_of(alarm)}
    named = {word.series for word in said}

    def could_be(one: Series) -> bool:
        known = owners.get(one.id, frozenset())
        return len(known) != 1 or bool(own & known) or not named.isdisjoint(_names(one))

    return [one for one in series if could_be(one)]


def _computed(alarm: MetricAlarm, series: Sequence[Series], said: Sequence[Said]) -> Series | None:
    """The series that is the alarm's formula already computed, if there is one."""
    if any(query.id == alarm.returned for query, _ in metrics_of(alarm)):
        return None
    named = [one for word in said for one in series if word.word == alarm.returned and word.series in _names(one)]
    return next(iter([*named, *(one for one in series if alarm.returned in _names(one))]), None)


def _names(series: Series) -> tuple[str, str]:
    return series.id, series.label


def _one(
    query: Query,
    metric: MetricKey,
    series: Sequence[Series],
    said: Sequence[Said],
    needed: Sequence[tuple[Query, MetricKey]],
) -> Series | None:
    """The one series that is this metric; None where there is none, or more than one could be."""
    namesakes = sum(other.name == metric.name for other in {other for _, other in needed})
    for candidates in (
        [one for word in said for one in series if word.series in _names(one) and _is_said(word, query, metric)],
        [one for one in series if query.id in _names(one)],
        [one for one in series if namesakes == 1 and metric.name in _names(one)],
        [one for one in series if _reads_like(one.label, metric)],
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _is_said(word: Said, query: Query, metric: MetricKey) -> bool:
    return word.metric == metric if word.metric is not None else word.word in (query.id, metric.name)


def _reads_like(label: str, metric: MetricKey) -> bool:
    """CloudWatch's own labels hold a metric's name and the values of its dimensions."""
    words = set(_WORDS.split(label))
    return metric.name in words and all(value in words for _, value in metric.dimensions)


def _words(
    alarm: MetricAlarm, needed: Sequence[tuple[Query, MetricKey]], without: Sequence[str], series: Sequence[Series]
) -> str:
    needs = [f"  {query.id}: {query.statistic} of {metric_text(metric)}" for query, metric in needed]
    has = [f"  {_described(one)}" for one in series]
    example = next(metric for query, metric in needed if query.id == without[0])
    formula = next((query for query in alarm.queries if query.id == alarm.returned and query.expression), None)
    name = next((one.id for one in series), "ID")
    return "\n".join(
        [
            f"{alarm.name} needs, in periods of {alarm.period} s:",
            *needs,
            *([f"  or {formula.id}: {formula.expression}"] if formula else []),
            "The history has:",
            *(has or ["  nothing"]),
            f"Nothing of it is surely {', '.join(without)}. Say which is: --as '{name}={metric_text(example)}'",
        ]
    )


def _described(series: Series) -> str:
    label = "" if series.label == series.id else f" ({series.label})"
    if not series.points:
        return f"{series.id}{label}: no figure"
    return f"{series.id}{label}: {len(series.points):,} figures, {text_of(series.first)} to {text_of(series.last)}"
