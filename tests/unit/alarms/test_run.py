"""A stretch of history at once says what stepping through it says."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from statline.alarms.evaluator import run
from statline.alarms.model import Actions, Alarm, CompositeAlarm, MetricKey, Missing, Query, Sample, Suppression
from statline.alarms.recorded import Recorded
from tests.unit.alarms.made import alarm, history, named, stepped, told

DAY = 86_400
METRICS = [named(name) for name in ("m1", "m2", "m3")]
STATISTICS = ["Sum", "Average", "p90", "SampleCount", "Minimum", "Maximum", "tm90"]
EXPRESSIONS = [
    "FILL(a, 0) + b",
    "a / b",
    "IF(a > 5, a, b)",
    "RATE(a) + 10",
    "FILL(a, REPEAT) - b",
    "SUM([a, b])",
    "a - AVG(a) + 5",
    'FILL(METRICS("a"), LINEAR)',
    "IF(MINUTE(a) > 29, a, b)",
]


class Chance:
    """A random region: metrics with gaps and delays, alarms of all kinds."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable choice of tests, no secret
        self.start = self._random.choice([0, 5, 3 * DAY - 600, 1_700_000_000])
        self.end = self.start + self._random.choice([600, 1_800])

    def figures(self) -> Recorded:
        return Recorded({metric: self._samples() for metric in METRICS})

    def alarms(self) -> list[Alarm]:
        suppression = Suppression(
            suppressor="3", wait=self._random.choice([0, 60, 75]), extension=self._random.choice([0, 60])
        )
        whole = CompositeAlarm(
            name="whole",
            rule='ALARM("0") OR ALARM("1") AND NOT OK(2)',
            actions=Actions(alarm=("page",)),
            suppression=suppression,
        )
        return [*(self._alarm(str(number)) for number in range(6)), whole]

    def _samples(self) -> list[Sample]:
        choose, every = self._random, self._random.choice([5, 10, 20, 60, 70])
        gap, delay = choose.random() * 0.7, choose.choice([None, 0, 10, 65, 200])
        jitter = choose.choice([0, 0, 90])
        return [
            Sample(
                at,
                choose.choice([0, 3, 5, 6, 9]),
                choose.choice([1, 1, 2]),
                None if delay is None else at + delay + choose.random() * jitter,
            )
            for at in range(self.start - 2_000, self.end, every)
            if choose.random() > gap
        ]

    def _alarm(self, name: str) -> Alarm:
        periods = self._random.randint(1, 5)
        queries = self._queries()
        return alarm(
            name,
            queries=queries,
            returned=queries[-1].id,
            period=self._random.choice([10, 20, 30, 60, 120, 300]),
            evaluation_periods=periods,
            datapoints=self._random.randint(1, periods),
            missing=self._random.choice(list(Missing)),
            percentile_ignored=self._random.random() < 0.3,
            threshold=self._random.choice([3, 5, 10]),
        )

    def _queries(self) -> Sequence[Query]:
        if self._random.random() < 0.5:
            return (self._query("only", self._random.choice(METRICS)),)
        expression = Query(id="result", expression=self._random.choice(EXPRESSIONS))
        return (self._query("a", METRICS[0]), self._query("b", METRICS[1]), expression)

    def _query(self, name: str, metric: MetricKey) -> Query:
        return Query(id=name, metric=metric, statistic=self._random.choice(STATISTICS))


@given(st.integers(0, 1_000_000))
@settings(max_examples=60, deadline=None)
def test_history_at_once_says_what_stepping_through_it_says(seed: int) -> None:
    chance = Chance(seed)
    alarms, figures = chance.alarms(), chance.figures()
    assert run(alarms, figures, chance.start, chance.end) == stepped(alarms, figures, chance.start, chance.end)


def test_it_says_the_same_over_midnight() -> None:
    values = [9.0 if 700 < minute < 712 or 1_435 < minute < 1_445 else 1.0 for minute in range(1_500)]
    slow = alarm(period=300, evaluation_periods=3, datapoints=2)
    figures = history(values, delay=70)
    at_once = run([slow], figures, 0, 1_500 * 60)
    assert at_once == stepped([slow], figures, 0, 1_500 * 60)
    assert [state for _, _, state in told(at_once)] == ["OK", "ALARM", "OK", "ALARM", "OK"]


def test_a_period_that_no_hour_is_a_multiple_of_is_evaluated_all_the_same() -> None:
    odd = alarm(period=5_400, evaluation_periods=20, datapoints=1, statistic="Sum", threshold=100)
    figures = history([9.0 if minute > 2_000 else 0.0 for minute in range(2_200)])
    at_once = run([odd], figures, 1_900 * 60, 2_200 * 60)
    assert at_once == stepped([odd], figures, 1_900 * 60, 2_200 * 60)
    assert [state for _, _, state in told(at_once)] == ["OK", "ALARM"]
