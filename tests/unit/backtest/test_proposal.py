"""Thresholds that are proposed: within the wanted number, the most watchful, and tried with the evaluator."""

import random
from dataclasses import replace

import pytest

from statline.alarms.model import Comparison, MetricAlarm, Missing
from statline.backtest.backtest import Trial, trial_of
from statline.backtest.matching import match
from statline.backtest.proposal import propose
from statline.backtest.spells import MONTH, Stretch
from tests.unit.backtest.histories import NINE, a_series, an_alarm

DAY = 1440
"""Minutes."""


def _trial(values: list[float | None], alarm: MetricAlarm | None = None) -> Trial:
    return trial_of(match(alarm or an_alarm(), [a_series(values)], (), lenient=True), raw=False)


def _noise(days: int, seed: int) -> list[float | None]:
    chance = random.Random(seed)  # noqa: S311 - noise
    return [chance.lognormvariate(2, 0.6) for _ in range(days * DAY)]


def _false_a_month(trial: Trial, threshold: float) -> float:
    return trial.outcome(replace(trial.ready.alarm, threshold=threshold)).times_in(MONTH)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("wanted", [1, 5, 40])
def test_the_proposed_threshold_keeps_to_the_number_and_a_lower_one_does_not(seed: int, wanted: float) -> None:
    trial = _trial(_noise(20, seed), an_alarm(evaluation_periods=3, datapoints=2))
    found = propose(trial, wanted)
    assert found is not None
    assert found.best is not None
    assert _false_a_month(trial, found.best.threshold) <= wanted
    lower = max(0.97 * found.best.threshold, found.best.threshold - 0.2)
    assert any(_false_a_month(trial, lower + step * (found.best.threshold - lower) / 10) > wanted for step in range(10))


@pytest.mark.parametrize("days", [28, 29, 30, 31])
def test_one_trouble_in_a_calendar_month_of_history_is_one_a_month(days: int) -> None:
    values: list[float | None] = [4.0] * (days * DAY)
    values[DAY : DAY + 20] = [95.0] * 20
    found = propose(_trial(values), 1)
    assert found is not None
    assert found.best is not None
    assert found.best.threshold < 95


@pytest.mark.parametrize("comparison", list(Comparison))
def test_each_way_of_comparing_gets_a_threshold_that_never_speaks_for_none_a_month(comparison: Comparison) -> None:
    trial = _trial(_noise(3, 4), an_alarm(comparison=comparison))
    found = propose(trial, 0)
    assert found is not None
    assert found.best is not None
    assert _false_a_month(trial, found.best.threshold) == 0


def test_a_known_incident_is_no_false_page_and_is_still_seen() -> None:
    values = _noise(10, 5)
    values[3 * DAY : 3 * DAY + 60] = [500.0] * 60
    incident = Stretch(NINE + 3 * DAY * 60, NINE + (3 * DAY + 60) * 60)
    found = propose(_trial(values), 0, [incident])
    assert found is not None
    assert found.best is not None
    assert found.best.threshold < 500
    assert (found.best.seen, found.best.false.times) == (1, 0)


def test_where_gaps_alone_speak_no_threshold_is_proposed() -> None:
    values: list[float | None] = [5.0 if minute % 60 < 50 else None for minute in range(DAY)]
    alarm = an_alarm(missing=Missing.BREACHING, evaluation_periods=3, datapoints=3)
    found = propose(_trial(values, alarm), 1)
    assert found is not None
    assert found.best is None


def test_one_figure_is_enough_to_propose_something_that_is_silent() -> None:
    found = propose(_trial([12.3456]), 0)
    assert found is not None
    assert found.best is not None
    assert found.best.threshold >= 12.3456


@pytest.mark.parametrize("value", [0.0, -7.0, 1e-6, 1e9])
def test_a_flat_history_gets_a_threshold_that_is_silent(value: float) -> None:
    for comparison in Comparison:
        found = propose(_trial([value] * 60, an_alarm(comparison=comparison)), 0)
        assert found is not None
        assert found.best is not None
        assert found.best.outcome.times == 0


def test_the_table_goes_from_calm_to_watchful_and_has_what_is_proposed() -> None:
    found = propose(_trial(_noise(10, 6)), 10)
    assert found is not None
    thresholds = [one.threshold for one in found.table]
    assert thresholds == sorted(thresholds, reverse=True)
    assert found.best in found.table
    assert len(found.table) <= 10
