"""A history as the evaluator reads it.

A history's figures are a statistic already, one a period. So each query reads its own series, and what the alarm would
do to samples is done to nothing twice: where it counts samples, the counts are added up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from statline.alarms.model import MetricAlarm, MetricKey, Missing, Query, Sample
from statline.alarms.plan import plan_of
from statline.backtest.conditions import length_of, metrics_of
from statline.backtest.history import Series, end_of, fell_silent, gaps_of
from statline.backtest.matching import Match
from statline.backtest.moments import text_of
from statline.backtest.spells import Stretch

_ADDS_UP = frozenset({"Sum", "SampleCount"})
_LAST = "the last in the file counts"
_PERCENTILES = ("p", "t", "T", "w", "W", "P", "I")


@dataclass(frozen=True, slots=True)
class Prepared:
    """An alarm whose metrics are series of a history, with their samples. notes: what to know of it, in sentences."""

    alarm: MetricAlarm
    samples: Mapping[MetricKey, Sequence[Sample]]
    notes: Sequence[str]


def prepared(found: Match, *, raw: bool) -> Prepared:
    """Make a matched alarm ready. raw: a row of the history is one observation, not a period's statistic."""
    alarm = found.alarm
    samples, notes = dict[str, Sequence[Sample]](), list[str]()
    for query, _ in metrics_of(alarm):
        series = found.series[query.id]
        samples[query.id] = list(_samples(series, query, alarm.period, raw=raw))
        notes += [note for note in _notes(series, query, alarm.period, raw=raw) if note not in notes]
    return Prepared(*fed(alarm, samples, raw=raw), notes)


def fed(
    alarm: MetricAlarm, samples: Mapping[str, Sequence[Sample]], *, raw: bool
) -> tuple[MetricAlarm, Mapping[MetricKey, Sequence[Sample]]]:
    """The alarm with each query reading samples of its own, given by its id.

    Its own metrics are forgotten by that, so what their namespace says of missing data is kept.
    """
    keys = {query.id: MetricKey(alarm.name, query.id) for query, _ in metrics_of(alarm)}
    queries = tuple(
        replace(query, metric=keys[query.id], statistic=query.statistic if raw else _kept(query.statistic))
        if query.id in keys
        else query
        for query in alarm.queries
    )
    ready = replace(
        alarm,
        queries=queries,
        missing=plan_of(alarm).missing,
        percentile_ignored=alarm.percentile_ignored and raw,
    )
    return ready, {key: samples[id_] for id_, key in keys.items()}


def period_of(series: Series, alarm_period: int) -> float:
    """How long a figure of the series stands for."""
    return series.spacing or float(alarm_period)


def _kept(statistic: str) -> str:
    """The statistic over figures that are one themselves."""
    return "Sum" if statistic in _ADDS_UP else statistic


def _samples(series: Series, query: Query, period: int, *, raw: bool) -> Iterator[Sample]:
    if raw:
        yield from (Sample(at, value) for at, value in series.points)
        return
    stands_for = period_of(series, period)
    pieces = max(1, round(stands_for / period))
    part = 1 / pieces if query.statistic in _ADDS_UP else 1.0
    step = stands_for / pieces
    for at, value in series.points:
        for piece in range(pieces):
            moment = at + piece * step
            yield Sample(moment, value * part, seen_at=moment + step)


def _notes(series: Series, query: Query, period: int, *, raw: bool) -> Iterator[str]:
    spacing = series.spacing
    if not raw and spacing is not None and spacing >= 2 * period:
        yield (
            f"{series.label}: the figures are {length_of(spacing)} apart, the alarm looks at periods of"
            f" {length_of(period)}. Each figure is taken for all of its periods, so short peaks look longer or flatter"
            " than they were. (CloudWatch keeps minutes for 15 days, 5 minutes for 63, hours for 15 months.)"
        )
    if not raw and spacing is not None and spacing < period and query.statistic.startswith(_PERCENTILES):
        yield (
            f"{series.label}: {query.statistic} is taken of figures that are {query.statistic} themselves,"
            f" {length_of(spacing)} each; of the single values it may have been another."
        )
    if raw and query.statistic in _ADDS_UP:
        yield f"{series.label}: each row counts as one sample."
    if not raw and spacing is None and len(series.points) > 1:
        yield (
            f"{series.label}: the figures keep to no period. If each is one observation, add --raw; they are taken for"
            f" periods of {length_of(period)}."
        )
    yield from _faults(series, period)


def _faults(series: Series, period: int) -> Iterator[str]:
    for count, one, several in (
        (series.empty, "row has no number; it counts as missing", "rows have no number; they count as missing"),
        (
            series.disputed,
            f"moment comes again with another value; {_LAST}",
            f"moments come again with another value; {_LAST}",
        ),
        (series.repeated, "row comes twice; it counts once", "rows come twice; they count once"),
    ):
        if count:
            yield f"{series.label}: {count:,} {one if count == 1 else several}."
    if series.unordered:
        yield f"{series.label}: the rows are in no order; they were put into that of their times."
    gaps = gaps_of(series, period)
    if gaps:
        longest = max(gaps, key=lambda gap: gap.end - gap.start)
        yield (
            f"{series.label}: {len(gaps):,} gap{'s' * (len(gaps) != 1)}, the longest of"
            f" {length_of(longest.end - longest.start)} from {text_of(longest.start)}."
        )
    if fell_silent(series, period) and series.until is not None:
        yield (
            f"{series.label}: its figures end at {text_of(series.told_until)}, those beside it go on until"
            f" {text_of(series.until)}; it is taken for silent from its end on."
        )


def stretch_of(found: Match) -> Stretch:
    """From where to where the alarm can be evaluated.

    Where silence breaches, it is what all series have in common: what was before a history is not known, and is no
    silence. Elsewhere it is all that any of them has, for a metric that is published now and then has no clear end.
    """
    alarm, series = found.alarm, list(found.series.values())
    firsts = [one.first for one in series]
    ends = [end_of(one, alarm.period) for one in series]
    if alarm.missing is not Missing.BREACHING:
        return Stretch(min(firsts), max(ends))
    start, end = max(firsts), min(ends)
    return Stretch(min(start + alarm.evaluation_periods * alarm.period, end), end)
