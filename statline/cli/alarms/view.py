"""How alarms and backtests look: lines for people, JSON for machines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from statline.alarms.model import Alarm, CompositeAlarm
from statline.alarms.rules import rule_of
from statline.backtest.backtest import Tested
from statline.backtest.conditions import condition_of, length_of, metric_text
from statline.backtest.moments import text_of
from statline.backtest.proposal import Proposal, Try
from statline.backtest.spells import Spell

_WEEK = 7 * 86_400.0
_TOPIC_PREFIX = "statline-"


def severity_of(alarm: Alarm) -> str:
    """Whom it speaks to, in a word: the topic's name without what all of ours begin with."""
    topics = [topic.rpartition(":")[2].removeprefix(_TOPIC_PREFIX) for topic in alarm.actions.alarm]
    return ", ".join(topics) or "nobody"


def heard_through(alarms: Iterable[Alarm]) -> Mapping[str, list[str]]:
    """The composites that each alarm is part of, by its name."""
    through: dict[str, list[str]] = {}
    for alarm in alarms:
        if isinstance(alarm, CompositeAlarm):
            for child in rule_of(alarm.rule).children:
                through.setdefault(child, []).append(alarm.name)
    return through


def alarm_lines(alarm: Alarm, state: str | None, through: Sequence[str] = ()) -> Iterator[str]:
    """An alarm in two lines: its name with whom it tells, and when it speaks. through: the composites it is part of."""
    now = f", {state} now" if state else ""
    tells = severity_of(alarm) if alarm.actions.alarm or not through else f"through {', '.join(through)}"
    yield f"{alarm.name} ({tells}{now})"
    yield f"    {condition_of(alarm)}"


def unreadable_lines(unreadable: Mapping[str, str]) -> Iterator[str]:
    """The alarms that cannot be evaluated here, and why."""
    yield from (f"{name} is left out: {why}" for name, why in unreadable.items())


def alarm_json(alarm: Alarm, state: str | None, through: Sequence[str] = ()) -> Mapping[str, object]:
    """An alarm as data."""
    said: dict[str, object] = {
        "name": alarm.name,
        "severity": severity_of(alarm),
        "heard_through": list(through),
        "condition": condition_of(alarm),
        "state": state,
        "description": alarm.description,
    }
    if isinstance(alarm, CompositeAlarm):
        return said | {"rule": alarm.rule}
    metrics = {one.id: metric_text(one.metric) for one in alarm.queries if one.metric}
    return said | {"threshold": alarm.threshold, "period": alarm.period, "metrics": metrics}


def tested_lines(tested: Tested, most: int | None) -> Iterator[str]:
    """What an alarm would have done. most: so many spells are shown, the newest; None: all."""
    outcome = tested.outcome
    yield tested.alarm.name
    yield f"  {condition_of(tested.alarm)}"
    if tested.how:
        yield f"  ({tested.how})"
    yield f"  {text_of(outcome.within.start)} to {text_of(outcome.within.end)}, {length_of(outcome.within.seconds)}"
    yield from (f"  Note: {note}" for note in tested.notes)
    if not outcome.spells:
        yield "  It would not have spoken."
        return
    short = " (the history is shorter than a week)" if outcome.within.seconds < _WEEK else ""
    yield (
        f"  It would have spoken {_times(outcome.times)}, {_rate(outcome.times_a_week)} a week{short},"
        f" {outcome.share:.3%} of the time; the longest {length_of(outcome.longest)}."
    )
    shown = outcome.spells if most is None else outcome.spells[-most:]
    if len(shown) < outcome.times:
        yield f"  The last {len(shown)} of {outcome.times:,}; --all shows every one:"
    yield from (f"    {_spell(spell)}" for spell in shown)


def proposal_lines(proposal: Proposal | None, wanted: float) -> Iterator[str]:
    """What is proposed, in a sentence."""
    if proposal is None:
        yield "  There is no figure to try thresholds on."
    elif proposal.best is None:
        least = min(one.false_a_month for one in proposal.table)
        yield (
            f"  No threshold stays within {wanted:g} false pages a month; the calmest speaks {least:.3g} times. It"
            " speaks for something else than high figures: look at its gaps, and at how it takes missing data."
        )
    else:
        yield (
            f"  Proposed threshold: {proposal.best.threshold:g} ({proposal.best.false_a_month:.2g} false pages a month,"
            f" wanted at most {wanted:g}). Now: {proposal.now.threshold:g} ({proposal.now.false_a_month:.2g})."
        )


def proposal_table(proposal: Proposal, incidents: int) -> Table:
    """What thresholds cost, from calm to watchful."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("threshold", justify="right")
    for name in ("times", "false a month", "longest", "of the time"):
        table.add_column(name, justify="right")
    if incidents:
        table.add_column("incidents seen", justify="right")
    table.add_column("")
    for one in _with_now(proposal):
        seen = [f"{one.seen} of {incidents}"] if incidents else []
        mark = "proposed" if one is proposal.best else "now" if one is proposal.now else ""
        outcome = one.outcome
        table.add_row(
            f"{one.threshold:g}",
            f"{outcome.times:,}",
            f"{one.false_a_month:.2f}",
            length_of(outcome.longest),
            f"{outcome.share:.3%}",
            *seen,
            mark,
            style="bold" if one is proposal.best else None,
        )
    return table


def _with_now(proposal: Proposal) -> Sequence[Try]:
    if any(one is proposal.now for one in proposal.table):
        return proposal.table
    falling = proposal.table[0].threshold >= proposal.table[-1].threshold if proposal.table else True
    return sorted([*proposal.table, proposal.now], key=lambda one: one.threshold, reverse=falling)


def tested_json(tested: Tested, proposal: Proposal | None) -> Mapping[str, object]:
    """What an alarm would have done, as data. Moments are ISO 8601 in UTC, lengths seconds."""
    outcome = tested.outcome
    said: dict[str, object] = {
        "alarm": tested.alarm.name,
        "condition": condition_of(tested.alarm),
        "from": _iso(outcome.within.start),
        "to": _iso(outcome.within.end),
        "times": outcome.times,
        "times_a_week": outcome.times_a_week,
        "share_of_time": outcome.share,
        "longest_seconds": outcome.longest,
        "spells": [_spell_json(spell) for spell in outcome.spells],
        "taken": tested.how,
        "notes": list(tested.notes),
    }
    if proposal is None:
        return said
    return said | {
        "proposal": {
            "false_pages_a_month_wanted": proposal.wanted,
            "threshold": proposal.best.threshold if proposal.best else None,
            "table": [_try_json(one) for one in _with_now(proposal)],
        }
    }


def _try_json(one: Try) -> Mapping[str, object]:
    return {
        "threshold": one.threshold,
        "times": one.outcome.times,
        "false_a_month": one.false_a_month,
        "longest_seconds": one.outcome.longest,
        "share_of_time": one.outcome.share,
        "incidents_seen": one.seen,
    }


def _spell(spell: Spell) -> str:
    open_ = ", and still at the end" if spell.open else ""
    return f"{text_of(spell.start)}  to  {text_of(spell.end)}  {length_of(spell.seconds)}{open_}"


def _spell_json(spell: Spell) -> Mapping[str, object]:
    return {"from": _iso(spell.start), "to": _iso(spell.end), "seconds": spell.seconds, "open": spell.open}


def _iso(moment: float) -> str:
    return text_of(moment).replace(" ", "T")


def _rate(times: float) -> str:
    """So that nobody has to read an exponent."""
    return f"{times:,.0f}" if times >= _MANY else f"{times:.3g}"


_MANY = 100


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
