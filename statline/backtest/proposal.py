"""Proposes a threshold: the most watchful one that stays within a wanted number of false pages a month.

The number of times is not monotone in the threshold by itself: a higher one may cut one long spell into several. So a
threshold is proposed only if every calmer one that was tried stays within the number, too. Each try is a run of the
evaluator over the whole history.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from statline.alarms.formula.values import Frame
from statline.alarms.model import Comparison, MetricAlarm
from statline.alarms.plan import Plan, plan_of
from statline.backtest.backtest import Trial
from statline.backtest.spells import MONTH, Outcome, Stretch

_DIGITS = 3
"""A threshold has no more: nobody can read more out of it."""
_LADDER = 24
_ROWS = 10


@dataclass(frozen=True, slots=True)
class Try:
    """One threshold over the whole history. false: its spells outside the known incidents. seen: incidents it met."""

    threshold: float
    outcome: Outcome
    false: Outcome
    seen: int

    @property
    def false_a_month(self) -> float:
        """False pages a month, on average."""
        return self.false.times_in(MONTH)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found. best: None where no threshold stays within the number. now: the alarm's own threshold.

    table: what a threshold costs, from calm to watchful.
    """

    wanted: float
    best: Try | None
    now: Try
    table: Sequence[Try]


Tell = Callable[[int], None]


def propose(
    trial: Trial, wanted: float, incidents: Sequence[Stretch] = (), tell: Tell = lambda _: None
) -> Proposal | None:
    """The most watchful threshold with at most `wanted` false pages a month; None where there is no figure to try.

    incidents: real trouble: what speaks there is no false page. tell: hears how many thresholds were tried.
    """
    thresholds = _thresholds(trial)
    if not thresholds:
        return None
    search = _Search(trial, thresholds, wanted, incidents, tell)
    best = search.best()
    tries = sorted(search.tries.values(), key=lambda one: one.threshold, reverse=not _is_below(trial.ready.alarm))
    now = search.tried(trial.ready.alarm.threshold)
    return Proposal(wanted, best, now, _rows(tries, best))


class _Search:
    """Tries thresholds, each once. They go from the calmest to the most watchful."""

    def __init__(
        self, trial: Trial, thresholds: Sequence[float], wanted: float, incidents: Sequence[Stretch], tell: Tell
    ) -> None:
        self._trial = trial
        self._thresholds = thresholds
        self._wanted = wanted
        self._incidents = incidents
        self._tell = tell
        self.tries: dict[float, Try] = {}

    def best(self) -> Try | None:
        good = self._climb()
        if good is None:
            return None
        places = sorted(place for place in _ladder(len(self._thresholds)) if place > good)
        bad = next(iter(places), None)
        while bad is not None and bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self._stays_within(middle) else (good, middle)
        return self.tried(self._thresholds[good])

    def _climb(self) -> int | None:
        """The last rung of the ladder that stays within the number, and all before it."""
        good = None
        for place in _ladder(len(self._thresholds)):
            if not self._stays_within(place):
                break
            good = place
        return good

    def _stays_within(self, place: int) -> bool:
        return self.tried(self._thresholds[place]).false_a_month <= self._wanted

    def tried(self, threshold: float) -> Try:
        if threshold not in self.tries:
            outcome = self._trial.outcome(replace(self._trial.ready.alarm, threshold=threshold))
            seen = sum(any(spell.meets(one) for spell in outcome.spells) for one in self._incidents)
            self.tries[threshold] = Try(threshold, outcome, outcome.beside(self._incidents), seen)
            self._tell(len(self.tries))
        return self.tries[threshold]


def _ladder(count: int) -> list[int]:
    """Places from the calmest on, closer together where it is calm: that is where few pages a month are."""
    places = {0, count - 1} | {round((count - 1) ** (rung / _LADDER)) for rung in range(1, _LADDER)}
    return sorted(place for place in places if place < count)


def _thresholds(trial: Trial) -> list[float]:
    """Every threshold that makes a difference, rounded to the calm side; from the calmest to the most watchful."""
    alarm = trial.ready.alarm
    below = _is_below(alarm)
    values = {value for value in values_of(plan_of(alarm), trial) if value is not None and math.isfinite(value)}
    strict = alarm.comparison in {Comparison.ABOVE, Comparison.BELOW}
    rounded = {_rounded(value, down=below, beyond=not strict) for value in values}
    return sorted(rounded, reverse=not below)


def values_of(plan: Plan, trial: Trial) -> list[float | None]:
    """What the alarm compares, period by period over its whole history."""
    alarm, within = plan.alarm, trial.within
    first = within.start // alarm.period * alarm.period - alarm.evaluation_periods * alarm.period
    starts = [first + index * alarm.period for index in range(int((within.end - first) // alarm.period) + 1)]
    series: dict[str, list[float | None]] = {}
    for id_, measured in plan.measured.items():
        places: dict[int, list[int]] = {}
        samples = trial.ready.samples[measured.metric]
        for number, sample in enumerate(samples):
            places.setdefault(bisect_left(starts, sample.at + alarm.period / 1e9) - 1, []).append(number)
        series[id_] = [
            measured.statistic.of([samples[number] for number in places[place]]) if place in places else None
            for place in range(len(starts))
        ]
    return list(plan.values(Frame(starts, alarm.period, series)))


def _rounded(value: float, *, down: bool, beyond: bool) -> float:
    """To so many digits, down or up. beyond: never the value itself, where reaching it would already breach."""
    if value == 0:
        return (-_TINY if down else _TINY) if beyond else 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - _DIGITS + 1)
    steps = value / step
    whole = math.floor(steps + 1e-9) if down else math.ceil(steps - 1e-9)
    if beyond and math.isclose(whole, steps, rel_tol=1e-9):
        whole += -1 if down else 1
    return float(f"{whole * step:.12g}")


_TINY = 1e-3


def _is_below(alarm: MetricAlarm) -> bool:
    return alarm.comparison in {Comparison.BELOW, Comparison.AT_MOST}


def _rows(tries: Sequence[Try], best: Try | None) -> list[Try]:
    """A few of the tries: those around the proposed one, and those that differ from the one before."""
    differing = [
        one for place, one in enumerate(tries) if place == 0 or one.outcome.times != tries[place - 1].outcome.times
    ]
    if best is not None and best not in differing:
        differing = [one for one in tries if one is best or one in differing]
    middle = differing.index(best) if best in differing else 0
    start = max(0, min(middle - _ROWS // 2, len(differing) - _ROWS))
    return differing[start : start + _ROWS]
