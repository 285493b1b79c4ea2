"""How an alarm is explained, in lines; and as data."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from statline.alarms.model import Query, State
from statline.backtest.conditions import SIGNS, condition_of, length_of, metric_text
from statline.backtest.moments import text_of
from statline.cli.alarms.states import Standing
from statline.cli.alarms.words import Words, words_of
from statline.cli.explain.model import Explained, Figure, Figures, Past
from statline.cli.redrive.view import span

_SAYS: Mapping[State, str] = {
    State.OK: "at rest",
    State.ALARM: "in ALARM",
    State.INSUFFICIENT_DATA: "without data",
}
_NONE = "-"


def explained_lines(explained: Explained, now: datetime) -> Iterator[str]:
    """How it stands, what it means, what to do first, and its figures."""
    standing, words = explained.standing, words_of(explained.standing.description)
    yield f"{standing.name}: {_SAYS[standing.state]} since {_moment(standing.since)}, {span(now - standing.since)}"
    yield _heard(explained)
    if words.means:
        yield f"It means: {words.means}"
    if words.first:
        yield f"First: {words.first}"
    if explained.alarm is not None:
        yield f"It speaks when: {condition_of(explained.alarm)}"
    if explained.unreadable:
        yield f"Its figures cannot be computed here: {explained.unreadable}"
    if explained.figures is not None:
        yield from _figures(explained.figures, indent="")
    if explained.children:
        yield from _children(explained, now)
    yield from _past(explained.past, now)


def _heard(explained: Explained) -> str:
    standing = explained.standing
    through = ", ".join(one.name for one in explained.heard_through)
    if standing.held_by:
        return f"It tells nobody now: {standing.held_by} holds it back, and says more."
    if standing.topics:
        return f"It tells: {standing.severity}" + (f". It is part of {through}." if through else "")
    return f"It tells nobody itself. It is heard through {through}." if through else "It tells nobody."


def _figures(figures: Figures, indent: str) -> Iterator[str]:
    alarm, returned = figures.alarm, figures.compared.query
    yield f"{indent}Its figures now, periods of {length_of(alarm.period)}, the newest last ({_times(figures)}):"
    if returned.metric is None:
        yield from (f"{indent}  {_values(one)}   {one.query.id}: {_what(one.query)}" for one in figures.read)
    marked = " ".join(f"{_value(value)}{'!' if breaching else ''}" for (_, value), breaching in _both(figures))
    yield f"{indent}  {marked}   {_what(returned)} (!: {SIGNS[alarm.comparison]} {alarm.threshold:g})"
    if all(value is None for _, value in figures.compared.values):
        yield f"{indent}  There are no figures: nobody publishes them, or not yet (AWS's own are a minute or two late)."


def _what(query: Query) -> str:
    return f"{query.statistic} of {metric_text(query.metric)}" if query.metric else query.expression


def _both(figures: Figures) -> Iterator[tuple[tuple[float, float | None], bool | None]]:
    return zip(figures.compared.values, figures.breaching, strict=True)


def _times(figures: Figures) -> str:
    moments = [at for at, _ in figures.compared.values]
    return f"{text_of(moments[0])} to {text_of(moments[-1])}"


def _values(figure: Figure) -> str:
    return " ".join(_value(value) for _, value in figure.values)


def _value(value: float | None) -> str:
    return _NONE if value is None else f"{value:.4g}"


def _children(explained: Explained, now: datetime) -> Iterator[str]:
    loud = [(one, figures) for one, figures in explained.children if one.state is State.ALARM]
    yield f"{len(loud)} of its {len(explained.children)} alarms are in ALARM" + (":" if loud else ".")
    for child, figures in loud:
        yield f"  {child.name}, for {span(now - child.since)}"
        first = words_of(child.description).first
        if first:
            yield f"    First: {first}"
        if figures is not None:
            yield from _figures(figures, indent="    ")


def _past(past: Sequence[Past], now: datetime) -> Iterator[str]:
    if not past:
        yield "In the last day it did not change."
        return
    yield "In the last day:"
    yield from (f"  {_moment(entry.at)}  {entry.summary}" for entry in past)


def runbook_lines(words: Words) -> Iterator[str]:
    """The runbook's page, or where it is."""
    if not words.runbook:
        yield "It names no runbook."
    elif words.page is None:
        yield f"Runbook: {words.runbook}"
    else:
        yield f"Runbook ({words.runbook}):"
        yield ""
        yield words.page.read_text(encoding="utf-8").rstrip()


def explained_json(explained: Explained) -> Mapping[str, object]:
    """Everything, as data. Moments are ISO 8601 in UTC."""
    words = words_of(explained.standing.description)
    return _standing_json(explained.standing) | {
        "means": words.means,
        "first": words.first,
        "runbook": words.runbook,
        "condition": condition_of(explained.alarm) if explained.alarm else None,
        "figures": _figures_json(explained.figures),
        "children": [
            _standing_json(child) | {"figures": _figures_json(figures)} for child, figures in explained.children
        ],
        "heard_through": [one.name for one in explained.heard_through],
        "last_day": [{"at": entry.at.isoformat(), "summary": entry.summary} for entry in explained.past],
    }


def _standing_json(standing: Standing) -> dict[str, object]:
    return {
        "name": standing.name,
        "state": standing.state.value,
        "since": standing.since.isoformat(),
        "tells": list(standing.topics),
        "held_by": standing.held_by or None,
    }


def _figures_json(figures: Figures | None) -> Mapping[str, object] | None:
    if figures is None:
        return None
    return {
        "period": figures.alarm.period,
        "threshold": figures.alarm.threshold,
        "comparison": figures.alarm.comparison.value,
        "read": {one.query.id: [value for _, value in one.values] for one in figures.read},
        "compared": [
            {"at": text_of(at).replace(" ", "T"), "value": value, "breaching": breaching}
            for (at, value), breaching in _both(figures)
        ],
    }


def _moment(at: datetime) -> str:
    return text_of(at.timestamp())
