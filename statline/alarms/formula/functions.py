"""The table of metric math's functions.

Source: "Using math expressions with CloudWatch metrics" (using-metric-math). `whole`: a datapoint depends on others
than those of its own period, so that the answer depends on how far CloudWatch looks back: AWS advises against most of
these in alarms for that reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from statline.alarms.formula import aggregates, arrays, clock, pointwise, shapes
from statline.alarms.formula.values import Frame, Value

Compute = Callable[[Frame, list[Value]], Value]
_ANY = 1_000


@dataclass(frozen=True, slots=True)
class Function:
    """compute: from the frame and the computed arguments. arguments: how many at least and at most."""

    compute: Compute
    arguments: tuple[int, int] = (1, 1)
    whole: bool = False
    of_arrays: bool = False
    """Whole over a single series, yet by its own period over an array."""


def _pure(compute: Callable[..., Value]) -> Compute:
    return lambda _, arguments: compute(*arguments)


def _one(name: str) -> Function:
    return Function(_pure(pointwise.CHANGES[name]))


def _aggregate(name: str) -> Function:
    return Function(_pure(aggregates.AGGREGATES[name]), whole=True, of_arrays=True)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: _one(name) for name in pointwise.CHANGES}
    | {name: _aggregate(name) for name in aggregates.AGGREGATES}
    | {name: Function(clock.reader(name)) for name in clock.CLOCKS}
    | {
        "IF": Function(_pure(pointwise.choose), (2, 3)),
        "FILL": Function(shapes.fill, (2, 2)),
        "TIME_SERIES": Function(shapes.time_series),
        "PERIOD": Function(shapes.period),
        "METRICS": Function(arrays.metrics, (0, 1)),
        "METRIC_COUNT": Function(_pure(arrays.metric_count)),
        "FIRST": Function(_pure(arrays.first)),
        "LAST": Function(_pure(arrays.last)),
        "SLICE": Function(_pure(arrays.part), (2, 3)),
        "SORT": Function(_pure(arrays.sort), (3, 4), whole=True),
        "REMOVE_EMPTY": Function(_pure(arrays.remove_empty), whole=True),
        "DIFF": Function(shapes.difference, whole=True),
        "DIFF_TIME": Function(shapes.time_difference, whole=True),
        "RATE": Function(shapes.rate, whole=True),
        "RUNNING_SUM": Function(shapes.running_sum, whole=True),
    }
)
NOT_IMPLEMENTED = frozenset(
    {"ANOMALY_DETECTION_BAND", "DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "LAMBDA", "SEARCH", "SERVICE_QUOTA"}
)
"""What needs more than the alarm's own metrics: a trained model, an index of all metrics, an account's quotas."""
WORDS = frozenset({"REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MIN", "MAX", "SUM"})
"""Words that stand as arguments: how FILL fills, what SORT sorts by."""
