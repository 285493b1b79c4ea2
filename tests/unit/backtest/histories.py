"""Histories and alarms for tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from statline.alarms.model import Comparison, MetricAlarm, MetricKey, Missing, Query, key_of
from statline.backtest.history import Series, series_of

NINE = datetime(2026, 1, 10, 9, tzinfo=UTC).timestamp()
AGE = key_of("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "statline-push-stat"})
READS = key_of("AWS/RDS", "ReadIOPS", {"DBInstanceIdentifier": "statline-primary"})
WRITES = key_of("AWS/RDS", "WriteIOPS", {"DBInstanceIdentifier": "statline-primary"})


def a_series(values: Sequence[float | None], *, id_: str = "age", label: str = "", step: float = 60) -> Series:
    """Figures from nine o'clock on; None is none."""
    rows = [(NINE + place * step, value) for place, value in enumerate(values) if value is not None]
    return series_of(id_, label or id_, rows)


def an_alarm(metric: MetricKey = AGE, *, statistic: str = "Maximum", **changes: Any) -> MetricAlarm:
    """Speaks at the first minute above 30."""
    plain = MetricAlarm(
        name="Statline stat push is late",
        queries=(Query(id="m", metric=metric, statistic=statistic),),
        returned="m",
        period=60,
        comparison=Comparison.ABOVE,
        threshold=30,
        missing=Missing.NOT_BREACHING,
    )
    return replace(plain, **changes)


def an_iops_alarm(**changes: Any) -> MetricAlarm:
    """Speaks when reads and writes together are above 100."""
    return an_alarm(
        name="Statline database primary is near its IOPS limit or silent",
        queries=(
            Query(id="reads", metric=READS, statistic="Average"),
            Query(id="writes", metric=WRITES, statistic="Average"),
            Query(id="e1", expression="reads + writes"),
        ),
        returned="e1",
        threshold=100,
        **changes,
    )
