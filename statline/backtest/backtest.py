"""Runs alarms over a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from statline.alarms.evaluator import run
from statline.alarms.model import Alarm, Comparison, CompositeAlarm, MetricAlarm, MetricKey, Missing, Query, Sample
from statline.alarms.recorded import Recorded
from statline.alarms.rules import rule_of
from statline.backtest.errors import BacktestError, UnmatchedError
from statline.backtest.figures import Prepared, prepared, stretch_of
from statline.backtest.history import Series
from statline.backtest.matching import Match, Said, match, open_to, owners_of
from statline.backtest.spells import Outcome, Stretch, outcome_of


@dataclass(frozen=True, slots=True)
class Tested:
    """What an alarm would have done. how: which series were taken for what. notes: what to know, in sentences."""

    alarm: Alarm
    outcome: Outcome
    how: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """A metric alarm with everything that its runs over a history need."""

    ready: Prepared
    within: Stretch
    how: str

    def outcome(self, alarm: MetricAlarm | None = None) -> Outcome:
        """What it would have done, or what another with the same figures would have."""
        asked = alarm or self.ready.alarm
        transitions = run([asked], Recorded(self.ready.samples), self.within.start, self.within.end)
        return outcome_of(transitions, asked.name, self.within)


def trial_of(found: Match, *, raw: bool) -> Trial:
    """A matched alarm, ready to be run. Raises `BacktestError` where its metrics have no time in common."""
    within = stretch_of(found)
    if within.end < within.start:
        raise BacktestError(f"{found.alarm.name}: its metrics have no time in common in this history")
    return Trial(prepared(found, raw=raw), within, found.how)


def tested(trial: Trial, alarm: MetricAlarm) -> Tested:
    """What a metric alarm would have done."""
    return Tested(alarm, trial.outcome(), trial.how, trial.ready.notes)


def composite_tested(
    alarm: CompositeAlarm, among: Mapping[str, Alarm], series: Sequence[Series], said: Sequence[Said], *, raw: bool
) -> Tested:
    """What a composite would have done, as far as the history holds its children's metrics.

    among: the alarms by name. A child whose metrics are not there never speaks, and is named in the notes.
    Raises `UnmatchedError` where the history holds none that could make it speak; a suppressor's only silences it.
    """
    below = _below(alarm, among)
    speaking = {child.name for child in _below(replace(alarm, suppression=None), among)}
    trials, without, owners = dict[str, Trial](), list[str](), owners_of(among.values())
    for child in below:
        if isinstance(child, MetricAlarm):
            try:
                trials[child.name] = trial_of(
                    match(child, open_to(child, series, said, owners), said, lenient=False), raw=raw
                )
            except UnmatchedError:
                without.append(child.name)
    if not speaking & trials.keys():
        told = [name for name in without if name in speaking]
        raise UnmatchedError(f"{alarm.name} rests on {', '.join(told)}, and the history has none of their metrics.")
    within = _together(list(trials.values()))
    silent = [_silent(name) for name in (*reversed(without), *_unknown([alarm, *below], among))]
    composites = [child for child in below if isinstance(child, CompositeAlarm)]
    alarms: list[Alarm] = [alarm, *composites, *(trial.ready.alarm for trial in trials.values()), *silent]
    samples: dict[MetricKey, Sequence[Sample]] = {}
    for trial in trials.values():
        samples.update(trial.ready.samples)
    transitions = run(alarms, Recorded(samples), within.start, within.end)
    notes = list(dict.fromkeys(note for trial in trials.values() for note in trial.ready.notes))
    if silent:
        notes.append(f"Not in the history, and taken for silent: {', '.join(one.name for one in silent)}.")
    how = "; ".join(f"{name}: {trial.how}" for name, trial in trials.items())
    return Tested(alarm, outcome_of(transitions, alarm.name, within), how, notes)


def _together(trials: Sequence[Trial]) -> Stretch:
    """The time to look at: what they have in common, where silence breaches for any; else all of it."""
    starts, ends = [trial.within.start for trial in trials], [trial.within.end for trial in trials]
    if not any(trial.ready.alarm.missing is Missing.BREACHING for trial in trials):
        return Stretch(min(starts), max(ends))
    if max(starts) > min(ends):
        raise BacktestError("the alarms that it rests on have no time in common in this history")
    return Stretch(max(starts), min(ends))


def _below(alarm: CompositeAlarm, among: Mapping[str, Alarm]) -> list[Alarm]:
    """Every alarm that a composite rests on, each once."""
    found: dict[str, Alarm] = {}
    names = list(_named_by(alarm))
    while names:
        name = names.pop()
        child = among.get(name)
        if child is None or name in found:
            continue
        found[name] = child
        if isinstance(child, CompositeAlarm):
            names += _named_by(child)
    return list(found.values())


def _unknown(below: Sequence[Alarm], among: Mapping[str, Alarm]) -> list[str]:
    names = {name for one in below if isinstance(one, CompositeAlarm) for name in _named_by(one)}
    return sorted(names - among.keys())


def _named_by(alarm: CompositeAlarm) -> list[str]:
    suppressor = [alarm.suppression.suppressor] if alarm.suppression else []
    return [*rule_of(alarm.rule).children, *suppressor]


def _silent(name: str) -> MetricAlarm:
    """An alarm of which nothing is known: it never has a figure, and so never speaks."""
    return MetricAlarm(
        name=name,
        queries=(Query(id="m", metric=MetricKey(name, "none"), statistic="Maximum"),),
        returned="m",
        period=60,
        comparison=Comparison.ABOVE,
        threshold=0.0,
    )
