"""How the dashboard's graphs look."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms.rows import Figure, Formula

WIDTH = 24
MINUTE = Duration.minutes(1)
_HEIGHT = 6


def heading(text: str) -> cloudwatch.IWidget:
    """A line over the graphs that answer one question."""
    return cloudwatch.TextWidget(markdown=f"## {text}", width=WIDTH, height=1)


def graph(
    title: str,
    figures: Sequence[Figure | Formula],
    *,
    of: int = 1,
    alarm: float | None = None,
    period: Duration = MINUTE,
) -> cloudwatch.GraphWidget:
    """A graph. of: how many stand beside each other. alarm: the value from which an alarm speaks."""
    annotations = [] if alarm is None else [cloudwatch.HorizontalAnnotation(value=alarm, label="alarm")]
    return cloudwatch.GraphWidget(
        title=title,
        width=WIDTH // of,
        height=_HEIGHT,
        left=[figure.over(period) for figure in figures],
        left_annotations=annotations,
        left_y_axis=cloudwatch.YAxisProps(min=0),
        period=period,
    )
