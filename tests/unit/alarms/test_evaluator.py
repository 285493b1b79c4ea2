"""Alarms over time: windows, late figures, who is told."""

import pytest

from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.evaluator import Evaluator, run
from statline.alarms.model import Actions, Alarm, Comparison, CompositeAlarm, Missing, Sample, State, key_of
from statline.alarms.recorded import Recorded
from tests.unit.alarms.made import QUEUE, alarm, every_minute, history, math, named, stepped, told

HOUR = 3_600
DAY = 24 * HOUR


def test_an_alarm_speaks_at_the_end_of_the_period_that_breaches_and_is_calm_after_the_next() -> None:
    said = stepped([alarm()], history([1, 9, 1]), 60, 180)
    assert told(said) == [(60, "late", "OK"), (120, "late", "ALARM"), (180, "late", "OK")]


def test_each_state_tells_its_own_topics() -> None:
    said = stepped([alarm()], history([1, 9, 1]), 60, 360)
    assert [(one.after.value, one.told) for one in said] == [
        ("OK", ("calm",)),
        ("ALARM", ("page",)),
        ("OK", ("calm",)),
        ("INSUFFICIENT_DATA", ("silence",)),
    ]


def test_an_alarm_whose_actions_are_off_changes_and_tells_nobody() -> None:
    said = stepped([alarm(actions_enabled=False)], history([1, 9]), 60, 120)
    assert [(one.after, one.told) for one in said] == [(State.OK, ()), (State.ALARM, ())]


@pytest.mark.parametrize(
    ("comparison", "state"),
    [
        (Comparison.ABOVE, "OK"),
        (Comparison.AT_LEAST, "ALARM"),
        (Comparison.BELOW, "OK"),
        (Comparison.AT_MOST, "ALARM"),
    ],
)
def test_a_figure_at_the_threshold_breaches_only_where_the_comparison_includes_it(
    comparison: Comparison, state: str
) -> None:
    assert told(stepped([alarm(comparison=comparison)], history([5]), 60, 60)) == [(60, "late", state)]


def test_a_period_of_five_minutes_slides_by_the_minute() -> None:
    sums = alarm(period=300, statistic="Sum", threshold=9)
    said = stepped([sums], history([0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0]), 300, 840)
    assert told(said) == [(300, "late", "OK"), (480, "late", "ALARM"), (780, "late", "OK")]


@pytest.mark.parametrize("period", [10, 20, 30])
def test_a_period_below_a_minute_is_evaluated_every_ten_seconds(period: int) -> None:
    figures = Recorded({QUEUE: [Sample(at, 9 if at >= 90 else 1) for at in range(0, 300, 10)]})
    assert told(stepped([alarm(period=period)], figures, 60, 200))[1][:2] == (100, "late")


def test_evaluation_periods_of_more_than_a_day_are_looked_at_once_an_hour() -> None:
    rare = alarm(period=DAY, evaluation_periods=2, datapoints=1, missing=Missing.BREACHING)
    figures = Recorded({QUEUE: [Sample(4 * DAY + 120, 9)]})
    assert told(stepped([rare], figures, 4 * DAY + 60, 4 * DAY + 2 * HOUR)) == [(4 * DAY + HOUR, "late", "ALARM")]


def test_a_job_of_every_three_days_is_judged_by_whole_hours() -> None:
    """AWS's example of an alarm over several days: it should run at 10:02, and runs at 11:43 at last."""
    ran = {10 * HOUR + 120, 3 * DAY + 11 * HOUR + 2_580}
    figures = Recorded({QUEUE: [Sample(at, float(at in ran)) for at in sorted({*range(0, 4 * DAY, HOUR), *ran})]})
    job = alarm(
        period=HOUR, evaluation_periods=72, datapoints=72, statistic="Sum", comparison=Comparison.BELOW, threshold=1
    )
    said = told(stepped([job], figures, 2 * DAY, 3 * DAY + 13 * HOUR))

    assert said == [
        (2 * DAY, "late", "OK"),
        (3 * DAY + 11 * HOUR, "late", "ALARM"),
        (3 * DAY + 12 * HOUR, "late", "OK"),
    ]


def test_figures_that_come_less_often_than_an_alarms_period_are_looked_for_in_its_whole_range() -> None:
    """A minute's alarm on figures of every five minutes: two minutes more than its own, and then there is none."""
    rare = history([9, None, None, None, None, 9, None, None, None, None])
    assert told(stepped([alarm()], rare, 60, 600)) == [
        (60, "late", "ALARM"),
        (240, "late", "INSUFFICIENT_DATA"),
        (360, "late", "ALARM"),
        (540, "late", "INSUFFICIENT_DATA"),
    ]
    assert told(stepped([alarm(missing=Missing.IGNORE)], rare, 60, 600)) == [(60, "late", "ALARM")]
    assert told(stepped([alarm(period=300)], rare, 300, 600)) == [(300, "late", "ALARM")]


def test_a_figure_counts_only_once_it_is_seen() -> None:
    said = stepped([alarm()], history([1, 9, 1, 1, 1], delay=100), 60, 300)
    assert told(said) == [(180, "late", "OK"), (240, "late", "ALARM"), (300, "late", "OK")]


def test_a_late_figure_counts_for_its_own_period_once_it_is_seen() -> None:
    samples = every_minute([1, 1, 1, 1, 1])
    late = Sample(70, 9, seen_at=225)
    slow = alarm(evaluation_periods=3, datapoints=1)
    said = stepped([slow], Recorded({QUEUE: [*samples, late]}), 60, 300)
    assert told(said) == [(60, "late", "OK"), (240, "late", "ALARM"), (300, "late", "OK")]


def test_silence_alarms_where_missing_data_breaches_once_the_range_is_empty() -> None:
    silent = alarm(missing=Missing.BREACHING)
    assert told(stepped([silent], history([1, 1]), 60, 400)) == [(60, "late", "OK"), (300, "late", "ALARM")]


def test_a_metric_with_other_dimensions_is_another_metric() -> None:
    other = key_of(QUEUE.namespace, QUEUE.name, {"QueueName": "statline-push-routine"})
    assert told(stepped([alarm()], Recorded({other: every_minute([9, 9])}), 60, 120)) == []


def test_alarms_on_dynamodb_ignore_missing_data_whatever_they_say() -> None:
    table = key_of("AWS/DynamoDB", "ThrottledRequests", {})
    throttled = alarm(metric=table, missing=Missing.BREACHING)
    figures = Recorded({table: every_minute([1])})
    assert told(stepped([throttled], figures, 60, 600)) == [(60, "late", "OK")]


def test_a_percentile_of_few_samples_is_evaluated_unless_the_alarm_ignores_it() -> None:
    few = Recorded({QUEUE: [Sample(index, 9) for index in range(50)]})
    assert told(stepped([alarm(statistic="p90")], few, 60, 60)) == [(60, "late", "ALARM")]
    assert told(stepped([alarm(statistic="p90", percentile_ignored=True)], few, 60, 60)) == []
    assert told(stepped([alarm(statistic="p50", percentile_ignored=True)], few, 60, 60)) == [(60, "late", "ALARM")]


def test_a_share_of_iops_alarms_by_metric_math() -> None:
    share = math("100 * (m1 + m2) / 12000", metrics=("m1", "m2"), threshold=80)
    figures = Recorded({named("m1"): every_minute([100, 9_000]), named("m2"): every_minute([200, 900])})
    assert told(stepped([share], figures, 60, 120)) == [(60, "late", "OK"), (120, "late", "ALARM")]


def test_a_reason_names_the_datapoints_and_the_threshold() -> None:
    _, spoke = stepped([alarm(evaluation_periods=2, datapoints=2)], history([1, 9, 8]), 60, 180)
    assert spoke.reason == (
        "Threshold Crossed: 2 out of the last 2 datapoints [8 (1970-01-01T00:02:00Z), 9 (1970-01-01T00:01:00Z)]"
        " were greater than the threshold (5)."
    )


def test_a_reason_says_how_much_was_missing() -> None:
    (spoke,) = stepped([alarm(missing=Missing.BREACHING)], Recorded({}), 60, 120)
    assert spoke.reason == (
        "Threshold Crossed: no datapoints were received for 3 periods"
        " and 1 missing datapoint was treated as [Breaching]."
    )


def test_a_breach_after_silence_ends_no_alarm_before_there_is_enough_to_tell() -> None:
    """To say OK of it would tell on-call that it is over."""
    patient = alarm(evaluation_periods=3, datapoints=3)
    said = stepped([patient], history([9, 9, 9, None, None, None, None, None, None, 9, 9, 9]), 60, 720)

    assert told(said) == [
        (180, "late", "ALARM"),
        (480, "late", "INSUFFICIENT_DATA"),
        (720, "late", "ALARM"),
    ]


def test_a_reason_says_how_few_datapoints_there_were() -> None:
    patient = alarm(evaluation_periods=3, datapoints=3)
    known = history([1, None, None, None, None, None, None])
    assert stepped([patient], known, 60, 420)[-1].reason == (
        "Insufficient Data: no datapoints were received for 5 periods."
    )
    assert stepped([patient], history([1, None, None, None, None, 9]), 60, 360)[-1].reason == (
        "Insufficient Data: only 1 of 3 datapoints was received."
    )


def test_a_composite_of_composites_follows_at_once() -> None:
    top, middle = CompositeAlarm(name="top", rule="ALARM(middle)"), CompositeAlarm(name="middle", rule="ALARM(late)")
    parts: list[Alarm] = [alarm(), top, middle]
    said = stepped(parts, history([1, 9]), 60, 120)
    assert told(said) == [
        (60, "late", "OK"),
        (60, "middle", "OK"),
        (60, "top", "OK"),
        (120, "late", "ALARM"),
        (120, "middle", "ALARM"),
        (120, "top", "ALARM"),
    ]


def test_a_composites_reason_names_the_alarms_that_speak() -> None:
    whole = CompositeAlarm(name="whole", rule="ALARM(late)", actions=Actions(alarm=("page",)))
    spoke = stepped([alarm(), whole], history([1, 9]), 60, 120)[-1]
    assert (spoke.told, spoke.reason) == (("page",), "The rule is met: late in ALARM.")


@pytest.mark.parametrize(
    ("composites", "problem"),
    [
        ([CompositeAlarm(name="whole", rule="ALARM(gone)")], "whole: it names the alarm 'gone'"),
        ([CompositeAlarm(name="whole", rule="ALARM(")], "whole: expected an alarm's name"),
        (
            [CompositeAlarm(name="a", rule="ALARM(b)"), CompositeAlarm(name="b", rule="OK(a)")],
            "depends on itself: a -> b -> a",
        ),
        ([CompositeAlarm(name="late", rule="TRUE")], "two alarms have this name"),
    ],
)
def test_composites_that_cannot_be_evaluated_are_refused(composites: list[CompositeAlarm], problem: str) -> None:
    with pytest.raises(UnreadableAlarmError, match=problem):
        Evaluator([alarm(), *composites], Recorded({}), began=0)


def test_a_step_evaluates_a_minute_once_however_often_it_is_asked() -> None:
    evaluator = Evaluator([alarm()], history([9, 9]), began=30)
    said = [told(evaluator.step(now)) for now in (0, 60, 60.5, 61, 119.9, 120)]
    assert said == [[], [(60, "late", "ALARM")], [], [], [], []]
    assert evaluator.states == {"late": State.ALARM}


def test_history_is_fetched_once_a_day_and_metric() -> None:
    class Counting(Recorded):
        asked = 0

        def samples(self, *arguments: object) -> list[Sample]:
            Counting.asked += 1
            return []

    alarms = [alarm(f"late {number}", threshold=number, missing=Missing.IGNORE) for number in range(20)]
    run(alarms, Counting({}), 0, 7 * DAY - 10)
    assert Counting.asked == 7
