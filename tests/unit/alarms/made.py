"""Alarms and figures for tests, with one word for what a test does not care about."""

from collections.abc import Iterable, Sequence
from typing import Any

from statline.alarms.decision import Point
from statline.alarms.evaluator import Evaluator
from statline.alarms.model import (
    Actions,
    Alarm,
    Comparison,
    Figures,
    MetricAlarm,
    MetricKey,
    Query,
    Sample,
    Transition,
    key_of,
)
from statline.alarms.recorded import Recorded

QUEUE = key_of("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "statline-push-stat"})
SIGNS = {"0": Point.GOOD, "X": Point.BREACH, "-": Point.NONE, "?": Point.FEW}


def points(row: str) -> list[Point]:
    """The datapoints of a row as AWS prints them: ``0 - X - X``, the newest on the right."""
    return [SIGNS[sign] for sign in row.split()]


def alarm(name: str = "late", **changed: Any) -> MetricAlarm:
    """An alarm on the greatest value of a minute being above 5, 1 of 1."""
    metric: MetricKey = changed.pop("metric", QUEUE)
    query = Query(id="only", metric=metric, statistic=changed.pop("statistic", "Maximum"))
    settings: dict[str, Any] = {
        "queries": (query,),
        "returned": "only",
        "period": 60,
        "comparison": Comparison.ABOVE,
        "threshold": 5,
        "actions": Actions(alarm=("page",), ok=("calm",), insufficient_data=("silence",)),
    }
    return MetricAlarm(name=name, **(settings | changed))


def math(expression: str, *, metrics: Sequence[str] = ("m1", "m2", "m3"), **changed: Any) -> MetricAlarm:
    """An alarm on an expression over metrics that are called by their ids."""
    read = tuple(Query(id=name, metric=named(name), statistic="Sum") for name in metrics)
    return alarm(queries=(*read, Query(id="result", expression=expression)), returned="result", **changed)


def named(name: str) -> MetricKey:
    """A metric without dimensions."""
    return key_of("Test", name, {})


def every_minute(values: Iterable[float | None], *, start: float = 0, delay: float | None = None) -> list[Sample]:
    """One sample in the middle of each minute; None leaves a minute out. delay: seconds until it is seen."""
    moments = ((start + 60 * index + 30, value) for index, value in enumerate(values))
    return [
        Sample(at, value, seen_at=None if delay is None else at + delay) for at, value in moments if value is not None
    ]


def history(values: Iterable[float | None], *, start: float = 0, delay: float | None = None) -> Recorded:
    """The one metric of `alarm`, a value a minute."""
    return Recorded({QUEUE: every_minute(values, start=start, delay=delay)})


def stepped(alarms: Sequence[Alarm], figures: Figures, start: float, end: float) -> list[Transition]:
    """What an evaluator says that is stepped every ten seconds."""
    evaluator = Evaluator(alarms, figures, began=start)
    first = int(-(-start // 10) * 10)
    return [transition for now in range(first, int(end) + 1, 10) for transition in evaluator.step(now)]


def told(transitions: Iterable[Transition]) -> list[tuple[float, str, str]]:
    """When which alarm came into which state."""
    return [(one.at, one.alarm, one.after.value) for one in transitions]
