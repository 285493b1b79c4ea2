"""What an alarm says, in words: what it looks at, when it speaks, and what silence means to it."""

from collections.abc import Mapping

from statline.alarms.model import Alarm, Comparison, CompositeAlarm, MetricAlarm, MetricKey, Missing, Query

SIGNS: Mapping[Comparison, str] = {
    Comparison.ABOVE: ">",
    Comparison.AT_LEAST: ">=",
    Comparison.BELOW: "<",
    Comparison.AT_MOST: "<=",
}
SILENCE: Mapping[Missing, str] = {
    Missing.MISSING: "without figures it has no state",
    Missing.IGNORE: "without figures it stays as it is",
    Missing.BREACHING: "a period without a figure breaches",
    Missing.NOT_BREACHING: "a period without a figure is a good one",
}


def condition_of(alarm: Alarm) -> str:
    """When it speaks, in a line."""
    if isinstance(alarm, CompositeAlarm):
        return alarm.rule
    times = (
        f"in one period of {length_of(alarm.period)}"
        if alarm.evaluation_periods == 1
        else f"in {alarm.datapoints} of {alarm.evaluation_periods} periods of {length_of(alarm.period)}"
    )
    return f"{figure_of(alarm)} {SIGNS[alarm.comparison]} {alarm.threshold:g} {times}; {SILENCE[alarm.missing]}"


def figure_of(alarm: MetricAlarm) -> str:
    """What is compared: a metric's statistic, or the formula with its names."""
    returned = next(query for query in alarm.queries if query.id == alarm.returned)
    if returned.metric is None:
        return returned.expression
    return f"{returned.statistic} of {returned.metric.name}"


def metric_text(metric: MetricKey) -> str:
    """A metric as ``--as`` takes it: ``AWS/SQS/ApproximateAgeOfOldestMessage{QueueName=statline-push-stat}``."""
    within = ",".join(f"{name}={value}" for name, value in metric.dimensions)
    return f"{metric.namespace}/{metric.name}" + (f"{{{within}}}" if within else "")


def metrics_of(alarm: MetricAlarm) -> list[tuple[Query, MetricKey]]:
    """The queries that read a metric, with it."""
    return [(query, query.metric) for query in alarm.queries if query.metric is not None]


def length_of(seconds: float) -> str:
    """A length of time for people: ``40 s``, ``12 min``, ``2 h 5 min``, ``3 d 4 h``."""
    whole = round(seconds)
    days, hours, minutes = whole // 86_400, whole % 86_400 // 3600, whole % 3600 // 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (whole % 60, "s")]
    first = next((place for place, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"
