"""What alarms would have said over histories that are written here."""

import json
import random
import time
from collections.abc import Sequence

import pytest

from statline.alarms.model import (
    Actions,
    Comparison,
    CompositeAlarm,
    MetricAlarm,
    Missing,
    Query,
    Suppression,
    key_of,
)
from statline.backtest.backtest import Trial, composite_tested, trial_of
from statline.backtest.errors import UnmatchedError
from statline.backtest.history import Series
from statline.backtest.matching import Match, match, open_to, owners_of, said_in
from statline.backtest.reading import read_history
from statline.backtest.spells import Outcome
from tests.unit.backtest.histories import NINE, READS, WRITES, a_series, an_alarm, an_iops_alarm

Spells = list[tuple[float, float]]


def _trial(alarm: MetricAlarm, *series: Series, raw: bool = False) -> Trial:
    return trial_of(match(alarm, series, (), lenient=True), raw=raw)


def _spells(outcome: Outcome) -> Spells:
    """From and to, in minutes after nine."""
    return [((spell.start - NINE) / 60, (spell.end - NINE) / 60) for spell in outcome.spells]


def test_an_alarm_speaks_when_its_minute_is_over_and_stops_when_a_good_one_is() -> None:
    outcome = _trial(an_alarm(), a_series([5, 5, 40, 41, 5, 5])).outcome()
    assert _spells(outcome) == [(3, 5)]
    assert outcome.longest == 120
    assert outcome.share == pytest.approx(2 / 6)


def test_m_of_n_waits_for_m() -> None:
    alarm = an_alarm(evaluation_periods=3, datapoints=2)
    assert _spells(_trial(alarm, a_series([5, 40, 5, 5, 40, 5, 40, 5, 5, 5])).outcome()) == [(7, 8)]


def test_one_datapoint_is_enough_for_an_alarm_that_looks_at_one() -> None:
    assert _trial(an_alarm(), a_series([40])).outcome().times == 1
    assert _trial(an_alarm(), a_series([4])).outcome().times == 0


def test_an_alarm_that_speaks_at_the_end_is_told_as_speaking() -> None:
    (spell,) = _trial(an_alarm(), a_series([5, 40, 40])).outcome().spells
    assert spell.open


def test_a_gap_speaks_where_silence_breaches_and_the_time_before_the_history_does_not() -> None:
    alarm = an_alarm(missing=Missing.BREACHING, evaluation_periods=2, datapoints=2)
    values = [5, 5, 5, *[None] * 6, 5, 5, 5, 5]
    outcome = _trial(alarm, a_series(values)).outcome()
    assert outcome.times == 1
    assert 3 < _spells(outcome)[0][0] < 11
    assert _trial(an_alarm(), a_series(values)).outcome().times == 0


def _answer(**values: Sequence[float]) -> Sequence[Series]:
    """One answer of CloudWatch's, a figure a minute, the newest first."""
    results = [
        {"Id": id_, "Timestamps": [NINE + 60 * place for place in range(len(found))][::-1], "Values": found[::-1]}
        for id_, found in values.items()
    ]
    return read_history([json.dumps({"MetricDataResults": results})], name="answer.json").series


@pytest.mark.parametrize(
    ("missing", "spells"),
    [
        (Missing.BREACHING, [(5, 60)]),
        (Missing.NOT_BREACHING, [(5, 8)]),
        (Missing.IGNORE, [(5, 60)]),
        (Missing.MISSING, [(5, 9)]),
    ],
)
def test_a_metric_that_ends_while_others_of_the_same_answer_go_on_fell_silent(missing: Missing, spells: Spells) -> None:
    alarm = an_alarm(missing=missing, evaluation_periods=2, datapoints=2)
    trial = trial_of(match(alarm, _answer(m=[5, 5, 5, 40, 40], other=[1] * 61), (), lenient=False), raw=False)

    assert _spells(trial.outcome()) == spells
    assert "taken for silent" in "".join(trial.ready.notes)


def test_a_metric_that_only_comes_later_than_others_did_not_fall_silent() -> None:
    alarm = an_alarm(missing=Missing.BREACHING)
    trial = trial_of(match(alarm, _answer(m=[5] * 50, other=[1] * 60), (), lenient=False), raw=False)

    assert trial.outcome().times == 0
    assert trial.ready.notes == []


def test_a_figure_is_not_taken_for_the_minutes_beside_it_that_have_none() -> None:
    lines = [f"{NINE + 60 * place:.0f},{value}\n" for place, value in enumerate([40, "NaN", "NaN", 5])]
    alarm = an_alarm(missing=Missing.NOT_BREACHING, evaluation_periods=2, datapoints=2)
    assert _trial(alarm, *read_history(lines, name="age.csv").series).outcome().times == 0


def test_rows_in_no_order_are_told() -> None:
    lines = [f"{NINE + 60 * place:.0f},5\n" for place in (2, 0, 1)]
    (note,) = _trial(an_alarm(), *read_history(lines, name="age.csv").series).ready.notes
    assert note == "age: the rows are in no order; they were put into that of their times."


def test_one_and_several_are_told_apart() -> None:
    once = [f"{NINE:.0f},1\n", f"{NINE:.0f},2\n", f"{NINE + 60:.0f},NaN\n"]
    assert _trial(an_alarm(), *read_history(once, name="age.csv").series).ready.notes == [
        "age: 1 row has no number; it counts as missing.",
        "age: 1 moment comes again with another value; the last in the file counts.",
    ]


def test_an_alarm_on_dynamodb_ignores_gaps_whatever_it_says_of_them() -> None:
    throttled = key_of("AWS/DynamoDB", "ThrottledRequests", {"TableName": "statline-state"})
    alarm = an_alarm(throttled, missing=Missing.NOT_BREACHING)
    assert _spells(_trial(alarm, a_series([5, 40, *[None] * 8, 5, 5])).outcome()) == [(2, 11)]


def test_figures_of_five_minutes_stand_for_each_of_their_minutes_and_that_is_said() -> None:
    alarm = an_alarm(evaluation_periods=3, datapoints=3)
    trial = _trial(alarm, a_series([5, 40, 5, 5], step=300))
    assert [end - start for start, end in _spells(trial.outcome())] == [3]
    assert any("5 min apart" in note for note in trial.ready.notes)


def test_sums_of_five_minutes_are_shared_out_between_their_minutes() -> None:
    alarm = an_alarm(statistic="Sum", threshold=9)
    assert _trial(alarm, a_series([40, 40, 40], step=300)).outcome().times == 0
    assert _trial(alarm, a_series([60, 60, 60], step=300)).outcome().times == 1


def test_figures_finer_than_the_period_are_put_together() -> None:
    tens = a_series([3] * 6 + [4] * 6 + [3] * 6, step=10)
    assert _trial(an_alarm(statistic="Sum", threshold=20), tens).outcome().times == 1
    assert _trial(an_alarm(statistic="Sum", threshold=24), tens).outcome().times == 0


def test_counts_of_samples_are_figures_already_and_are_added_up() -> None:
    alarm = an_alarm(statistic="SampleCount", comparison=Comparison.BELOW, threshold=1)
    assert _trial(alarm, a_series([6, 6, 0, 6, 6])).outcome().times == 1


def test_of_raw_rows_each_is_a_sample() -> None:
    alarm = an_alarm(statistic="SampleCount", threshold=2)
    rows = a_series([1, 1, 1, 1, 1, 1], step=20)
    assert _trial(alarm, rows, raw=True).outcome().times == 1


def test_a_percentile_that_ignores_few_samples_is_not_silent_over_figures() -> None:
    alarm = an_alarm(statistic="p90", percentile_ignored=True)
    assert _trial(alarm, a_series([5, 40, 5])).outcome().times == 1


def test_a_formula_takes_its_metrics_from_their_series() -> None:
    series = [a_series([10, 60, 60, 10], id_="r", label="ReadIOPS"), a_series([10, 10, 60, 10], id_="writes")]
    outcome = trial_of(match(an_iops_alarm(), series, (), lenient=True), raw=False).outcome()
    assert _spells(outcome) == [(3, 4)]


def test_one_metric_with_two_statistics_has_two_series() -> None:
    alarm = an_alarm(
        queries=(
            Query(id="most", metric=READS, statistic="Maximum"),
            Query(id="all", metric=READS, statistic="Sum"),
            Query(id="e1", expression="all - most"),
        ),
        returned="e1",
    )
    series = [a_series([1, 1, 1], id_="most"), a_series([20, 60, 20], id_="all")]
    assert trial_of(match(alarm, series, (), lenient=True), raw=False).outcome().times == 1


@pytest.mark.parametrize(
    ("id_", "label"),
    [
        ("m", "anything"),
        ("x", "ApproximateAgeOfOldestMessage"),
        ("x", "statline-push-stat ApproximateAgeOfOldestMessage"),
        ("x", "AWS/SQS ApproximateAgeOfOldestMessage (QueueName: statline-push-stat)"),
    ],
)
def test_a_series_is_known_by_its_querys_id_or_its_metrics_name(id_: str, label: str) -> None:
    series = a_series([1], id_=id_, label=label)
    found = match(an_alarm(), [series, a_series([2], id_="other")], (), lenient=False)
    assert found.series == {"m": series}


def test_a_label_of_another_queue_is_no_match() -> None:
    series = a_series([1], id_="x", label="statline-push-urgent ApproximateAgeOfOldestMessage")
    with pytest.raises(UnmatchedError):
        match(an_alarm(), [series, a_series([2], id_="other")], (), lenient=False)


def test_a_series_that_is_called_as_another_metrics_query_is_that_ones() -> None:
    """Else the replica's alarm would speak of the primary's reads."""
    replica = key_of("AWS/RDS", "ReadIOPS", {"DBInstanceIdentifier": "statline-replica"})
    alarms = [
        an_alarm(metric, name=role, queries=(Query(id=role, metric=metric, statistic="Average"),), returned=role)
        for role, metric in (("primary", READS), ("replica", replica))
    ]
    series, owners = [a_series([1], id_="primary", label="ReadIOPS")], owners_of(alarms)
    primary, other = (open_to(alarm, series, (), owners) for alarm in alarms)

    assert (primary, other) == (series, [])
    assert open_to(alarms[1], series, [said_in("primary=replica")], owners) == series


def test_what_is_said_is_what_counts() -> None:
    right, wrong = a_series([1], id_="a"), a_series([2], id_="m")
    said = [said_in("a=AWS/SQS/ApproximateAgeOfOldestMessage{QueueName=statline-push-stat}")]
    assert match(an_alarm(), [right, wrong], said, lenient=True).series == {"m": right}
    assert match(an_alarm(), [right, wrong], [said_in("a=m")], lenient=True).series == {"m": right}


def test_a_metric_that_is_missing_is_told_with_all_that_is_needed_and_there() -> None:
    series = [a_series([1, 2], id_="reads"), a_series([1], id_="something")]
    with pytest.raises(UnmatchedError) as caught:
        match(an_iops_alarm(), series, (), lenient=True)
    said = str(caught.value)
    assert "reads: Average of AWS/RDS/ReadIOPS{DBInstanceIdentifier=statline-primary}" in said
    assert "something: 1 figures, 2026-01-10 09:00:00Z" in said
    assert "Nothing of it is surely writes" in said
    assert "=AWS/RDS/WriteIOPS{DBInstanceIdentifier=statline-primary}'" in said


@pytest.mark.parametrize("said", [(), ("share=e1",)])
def test_a_formula_that_is_computed_already_is_taken_as_it_is(said: tuple[str, ...]) -> None:
    series = a_series([10, 120, 10], id_="share" if said else "e1")
    found = match(an_iops_alarm(), [series], [said_in(text) for text in said], lenient=True)
    assert _spells(trial_of(found, raw=False).outcome()) == [(2, 3)]


def _children() -> dict[str, MetricAlarm]:
    return {
        "reads": an_alarm(READS, name="reads", statistic="Average"),
        "writes": an_alarm(WRITES, name="writes", statistic="Average"),
    }


def _composite(**changes: object) -> CompositeAlarm:
    fields: dict[str, object] = {
        "name": "whole",
        "rule": 'ALARM("reads") OR ALARM("writes")',
        "actions": Actions(alarm=("statline-page",)),
    }
    return CompositeAlarm(**(fields | changes))  # type: ignore[arg-type]


def _history() -> Sequence[Series]:
    return [
        a_series([5, 40, 5, 5, 5, 5], id_="r", label="ReadIOPS statline-primary"),
        a_series([5, 5, 5, 40, 5, 5], id_="w", label="WriteIOPS statline-primary"),
    ]


def test_a_composite_speaks_for_its_children() -> None:
    found = composite_tested(_composite(), _children(), _history(), (), raw=False)
    assert _spells(found.outcome) == [(2, 3), (4, 5)]


def test_a_child_that_the_history_lacks_is_silent_and_told() -> None:
    found = composite_tested(_composite(), _children(), _history()[:1], (), raw=False)
    assert _spells(found.outcome) == [(2, 3)]
    assert "Not in the history, and taken for silent: writes." in found.notes


def test_what_is_to_know_of_a_series_is_told_once_however_many_children_read_it() -> None:
    children = {name: an_alarm(READS, name=name, statistic="Average") for name in ("reads", "writes")}
    gap = [a_series([5, 5, None, None, None, 5], id_="r", label="ReadIOPS statline-primary")]
    notes = composite_tested(_composite(), children, gap, (), raw=False).notes
    assert [note.partition(":")[0] for note in notes] == ["ReadIOPS statline-primary"]


def test_what_a_suppressor_held_back_was_not_said() -> None:
    composite = _composite(rule='ALARM("reads")', suppression=Suppression(suppressor="writes", wait=0, extension=0))
    history = [_history()[0], a_series([40, 40, 40, 40, 40, 40], id_="w", label="WriteIOPS statline-primary")]
    assert composite_tested(composite, _children(), history, (), raw=False).outcome.times == 0


def test_a_composite_of_which_only_the_suppressor_is_there_is_told() -> None:
    composite = _composite(rule='ALARM("reads")', suppression=Suppression(suppressor="writes", wait=0, extension=0))
    with pytest.raises(UnmatchedError, match="rests on reads, and"):
        composite_tested(composite, _children(), _history()[1:], (), raw=False)


def test_a_composite_without_any_child_in_the_history_is_told() -> None:
    with pytest.raises(UnmatchedError, match="rests on"):
        composite_tested(_composite(), _children(), [a_series([1], id_="x")], (), raw=False)


def test_series_may_begin_and_end_at_different_times() -> None:
    series = [a_series([60] * 10, id_="reads"), a_series([None] * 3 + [60] * 4, id_="writes")]
    outcome = trial_of(Match(an_iops_alarm(), dict(zip(("reads", "writes"), series, strict=True)), ""), raw=False)
    assert _spells(outcome.outcome())[0][0] == 4


def test_a_year_of_minutes_takes_seconds() -> None:
    chance = random.Random(7)  # noqa: S311 - noise
    lines = (f"{NINE + 60 * minute:.0f},{chance.lognormvariate(2, 0.5):.3f}\n" for minute in range(365 * 1440))
    began = time.process_time()
    (series,) = read_history(lines, name="year.csv").series
    outcome = _trial(an_alarm(evaluation_periods=3, datapoints=2), series).outcome()
    assert time.process_time() - began < 20
    assert outcome.within.seconds == 365 * 86_400
    assert outcome.times > 0
