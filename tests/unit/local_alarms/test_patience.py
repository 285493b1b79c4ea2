"""Missing data of a time in which nothing could have come."""

from dataclasses import replace

import pytest

from local.alarms.patience import Patience
from statline.alarms.model import Comparison, MetricAlarm, Missing, Query, State, key_of

BEGAN = 1_000_000.0
PERIOD = 60
SILENT = MetricAlarm(
    name="silent",
    queries=(Query(id="m", metric=key_of("Statline", "CanaryArrived", {}), statistic="Sum"),),
    returned="m",
    period=PERIOD,
    comparison=Comparison.BELOW,
    threshold=1,
    evaluation_periods=3,
    datapoints=3,
    missing=Missing.BREACHING,
)
CALM = replace(SILENT, name="calm", missing=Missing.NOT_BREACHING)


def _missing(patience: Patience, now: float, state: State = State.INSUFFICIENT_DATA) -> Missing:
    patience.look(now, {SILENT.name: state})
    [alarm] = patience.applied([SILENT], now)
    assert isinstance(alarm, MetricAlarm)
    return alarm.missing


def _looked_at_until(patience: Patience, end: float) -> Missing:
    moments = range(int(BEGAN), int(end) + 1, 10)
    return [_missing(patience, float(moment)) for moment in moments][-1]


def test_a_new_alarm_is_not_blamed_for_the_time_before_it() -> None:
    assert _looked_at_until(Patience(0), BEGAN + 3 * PERIOD) is Missing.IGNORE


def test_an_alarm_that_could_have_seen_all_of_its_periods_takes_silence_as_its_author_wants() -> None:
    assert _looked_at_until(Patience(0), BEGAN + 4 * PERIOD) is Missing.BREACHING


def test_an_alarm_of_short_periods_waits_as_long_as_the_first_figures_may_take() -> None:
    patience = Patience(10 * PERIOD)

    assert _looked_at_until(patience, BEGAN + 9 * PERIOD) is Missing.IGNORE
    assert _missing(patience, BEGAN + 10 * PERIOD) is Missing.BREACHING


def test_a_night_in_which_the_laptop_was_shut_is_no_silence() -> None:
    patience = Patience(0)
    assert _looked_at_until(patience, BEGAN + 4 * PERIOD) is Missing.BREACHING

    assert _missing(patience, BEGAN + 8 * 3600) is Missing.IGNORE


@pytest.mark.parametrize(
    ("state", "missing"),
    [(State.ALARM, Missing.IGNORE), (State.OK, Missing.IGNORE), (State.INSUFFICIENT_DATA, Missing.NOT_BREACHING)],
)
def test_an_alarm_that_was_in_a_state_keeps_it_until_its_figures_come(state: State, missing: Missing) -> None:
    patience = Patience(0)
    patience.look(BEGAN, {CALM.name: state})

    [alarm] = patience.applied([CALM], BEGAN)

    assert isinstance(alarm, MetricAlarm)
    assert alarm.missing is missing


def test_an_alarm_that_comes_back_is_new() -> None:
    patience = Patience(0)
    _looked_at_until(patience, BEGAN + 4 * PERIOD)

    patience.applied([], BEGAN + 4 * PERIOD + 10)

    assert _missing(patience, BEGAN + 4 * PERIOD + 20) is Missing.IGNORE
