"""The figures that more than one capability looks at: of queues, of functions, and of Statline's own measuring.

What is published how often, and how late, decides how soon an alarm can speak. SQS and Lambda publish one figure a
minute, one to two minutes late. Statline's own measures go through the log and are there within ten seconds; those that
`MEASURES` calls fine are kept by the second, and alarms look at them every ten.
"""

from typing import Unpack

from functions.core.adapters.telemetry.embedded_metrics import MEASURES, NAMESPACE, About, Metric
from infra.constructs.alarms.rows import Figure, Formula


class UnmeasuredError(Exception):
    """A figure was asked for about something else than it is measured about: an alarm on it would never speak."""


def queue(figure: str, name: str, statistic: str = "Maximum") -> Figure:
    """A figure of one queue: the highest of the period, because a mean hides the one message that waits."""
    return Figure(namespace="AWS/SQS", name=figure, statistic=statistic, dimensions={"QueueName": name})


def stuck(name: str) -> Formula:
    """1 for a period in which something lay ready in a queue and nothing was finished, else 0.

    A period that SQS has said nothing of yet must have no value: with AND it would be a 0, which is a good one, and an
    alarm never spoke.
    """
    return Formula(
        expression="IF(visible > 0, IF(FILL(deleted, 0) < 1, 1, 0), 0)",
        label=f"{name}: waits, and nothing is finished",
        figures={
            "visible": queue("ApproximateNumberOfMessagesVisible", name),
            "deleted": queue("NumberOfMessagesDeleted", name, "Sum"),
        },
    )


def function(figure: str, name: str, statistic: str = "Sum") -> Figure:
    """A figure of one function, all its versions together."""
    return Figure(
        namespace="AWS/Lambda", name=figure, statistic=statistic, dimensions={"FunctionName": f"statline-{name}"}
    )


def measured(metric: Metric, statistic: str, *, region: str, **about: Unpack[About]) -> Figure:
    """A figure of Statline's own. Raises `UnmeasuredError` where it is not measured about just this."""
    given = {name.capitalize(): str(value) for name, value in about.items()}
    if set(given) != {dimension.value for dimension in MEASURES[metric].about}:
        raise UnmeasuredError(f"{metric} is measured about {MEASURES[metric].about}, not about {sorted(given)}")
    return Figure(namespace=NAMESPACE, name=metric.value, statistic=statistic, dimensions={"Region": region} | given)
