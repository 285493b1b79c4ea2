"""What an alarm is, as CloudWatch knows it; wherever it was read from. Times are seconds of the epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Comparison(StrEnum):
    """When a datapoint breaches. The values are CloudWatch's."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"
    AT_MOST = "LessThanOrEqualToThreshold"


class Missing(StrEnum):
    """How a period without a figure is treated. The values are CloudWatch's."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


@dataclass(frozen=True, slots=True)
class MetricKey:
    """What CloudWatch knows a metric by. dimensions: sorted pairs of name and value (`key_of` sorts them)."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


def key_of(namespace: str, name: str, dimensions: Mapping[str, str]) -> MetricKey:
    """The key of a metric with these dimensions."""
    return MetricKey(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One figure of an alarm: a metric's statistic, or an expression over others.

    id: what expressions call it. metric and statistic (``Average``, ``Sum``, ``p99`` ...) or expression, never both.
    """

    id: str
    metric: MetricKey | None = None
    statistic: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Whom an alarm tells when it comes into a state: topics, by ARN, or by name where a template has no ARN yet."""

    alarm: tuple[str, ...] = ()
    ok: tuple[str, ...] = ()
    insufficient_data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAlarm:
    """An alarm on a figure.

    queries: at least one; `returned` is the id of the one that is compared. period: seconds, the same for all queries.
    datapoints: how many of the latest `evaluation_periods` must breach. region: where it lives.
    percentile_ignored: ``EvaluateLowSampleCountPercentile`` is ``ignore``.
    """

    name: str
    description: str = ""
    region: str = ""
    queries: tuple[Query, ...]
    returned: str
    period: int
    comparison: Comparison
    threshold: float
    evaluation_periods: int = 1
    datapoints: int = 1
    missing: Missing = Missing.MISSING
    percentile_ignored: bool = False
    actions: Actions = Actions()
    actions_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """What keeps a composite alarm from telling: another alarm in ALARM. wait, extension: seconds."""

    suppressor: str
    wait: int
    extension: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeAlarm:
    """An alarm on the states of other alarms. rule: CloudWatch's rule text, with the children's names (not ARNs)."""

    name: str
    description: str = ""
    region: str = ""
    rule: str
    actions: Actions = Actions()
    actions_enabled: bool = True
    suppression: Suppression | None = None


Alarm = MetricAlarm | CompositeAlarm


def told_of(alarm: Alarm, state: State) -> tuple[str, ...]:
    """The topics that an alarm tells when it comes into a state."""
    if not alarm.actions_enabled:
        return ()
    match state:
        case State.ALARM:
            return alarm.actions.alarm
        case State.OK:
            return alarm.actions.ok
        case State.INSUFFICIENT_DATA:
            return alarm.actions.insufficient_data


@dataclass(frozen=True, slots=True)
class Sample:
    """What was published of a metric.

    at: the moment that it is about. value, weight: weight times the same value, as ``Values`` and ``Counts`` have it.
    seen_at: when CloudWatch first shows it; the same as `at` unless a publication delay is counted.
    """

    at: float
    value: float
    weight: float = 1.0
    seen_at: float | None = None


class Figures(Protocol):
    """Where figures come from: a simulation, a history in a file, the laptop cloud."""

    def samples(self, metric: MetricKey, start: float, end: float, now: float) -> Sequence[Sample]:
        """The samples with ``start <= at < end`` that CloudWatch shows at ``now``, in the order of their moments."""
        ...


@dataclass(frozen=True, slots=True)
class Transition:
    """An alarm came into another state, or tells at last what was held back: `before` is then the same as `after`.

    told: the topics that hear of it, empty where nobody does. suppressed: the alarm's actions were held back.
    reason: CloudWatch's kind of sentence: which datapoints were compared with what.
    """

    at: float
    alarm: str
    before: State
    after: State
    reason: str
    told: tuple[str, ...] = ()
    suppressed: bool = False
