"""Alarms as data: one row says everything about an alarm, and one construct makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from infra.constructs.alarms_topics import OnCallTopics, Severity


class Whole(StrEnum):
    """What an alarm's trouble is a part of. The value is the composite alarm's name."""

    DELIVERY = "Statline delivery is impaired"
    DATABASE = "Statline database is in trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One metric of CloudWatch and its statistic."""

    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, str]

    def over(self, period: Duration) -> cloudwatch.IMetric:
        """The figure, one value a period."""
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=self.name,
            statistic=self.statistic,
            dimensions_map=dict(self.dimensions),
            period=period,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """Metric math over figures, each under the name that the expression calls it by."""

    expression: str
    label: str
    figures: Mapping[str, Figure]

    def over(self, period: Duration) -> cloudwatch.IMetric:
        """The formula's result, one value a period."""
        return cloudwatch.MathExpression(
            expression=self.expression,
            label=self.label,
            using_metrics={name: figure.over(period) for name, figure in self.figures.items()},
            period=period,
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """What a period without a figure means, and why it means that."""

    treated_as: cloudwatch.TreatMissingData
    because: str


IDLE_QUEUE = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING,
    "SQS publishes nothing about a queue that was idle for six hours: nothing waits in it",
)
NOT_CALLED = Missing(
    cloudwatch.TreatMissingData.NOT_BREACHING, "Lambda publishes nothing about a function that nobody called"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm.

    name: a sentence that can be read aloud at three in the morning.
    means: what it means for clinicians. first: the first thing to do.
    runbook: the page in docs/runbooks/, without its ending.
    threshold: the alarm speaks when the figure is `above` it (or, with `below`, under it).
    datapoints: how many of how many periods must breach.
    """

    name: str
    means: str
    first: str
    runbook: str
    severity: Severity
    figure: Figure | Formula
    threshold: float
    missing: Missing
    below: bool = False
    period: Duration = field(default_factory=lambda: Duration.minutes(1))
    datapoints: tuple[int, int] = (1, 1)
    part_of: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRow:
    """One composite alarm: it speaks while any alarm that is part of it does."""

    whole: Whole
    means: str
    first: str
    runbook: str


WHOLES: Mapping[Whole, WholeRow] = MappingProxyType(
    {
        row.whole: row
        for row in (
            WholeRow(
                whole=Whole.DELIVERY,
                means="Clinicians of this region get urgent or stat notifications late, or not at all.",
                first="Read which alarms it names, and take the runbook of the stat ones first.",
                runbook="delivery-impaired",
            ),
            WholeRow(
                whole=Whole.DATABASE,
                means="Delivery does not use the database and goes on; what ages is the directory: a page may soon"
                " reach somebody whose shift is over.",
                first="Ask who does what on the database now: a backup, a dump or a long report comes first.",
                runbook="database-in-trouble",
            ),
        )
    }
)


def describe(row: AlarmRow | WholeRow, *, runbooks: str) -> str:
    """An alarm's text: what it means for clinicians, the first thing to do, the runbook."""
    return f"{row.means} First: {row.first} Runbook: {runbooks}/{row.runbook}.md"


class Alarms(Construct):
    """The alarms of a table, and the composites that they are part of. They speak to on-call's topics."""

    def __init__(
        self, scope: Construct, construct_id: str, *, rows: Sequence[AlarmRow], topics: OnCallTopics, runbooks: str
    ) -> None:
        super().__init__(scope, construct_id)
        alarms = {row.name: self._alarm(row, topics=topics, runbooks=runbooks) for row in rows}
        for whole, row in WHOLES.items():
            parts = [alarms[part.name] for part in rows if part.part_of is whole]
            if parts:
                self._composite(row, parts, topics=topics, runbooks=runbooks)

    def _alarm(self, row: AlarmRow, *, topics: OnCallTopics, runbooks: str) -> cloudwatch.Alarm:
        enough, of = row.datapoints
        operators = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            self,
            row.name,
            alarm_name=row.name,
            alarm_description=describe(row, runbooks=runbooks),
            metric=row.figure.over(row.period),
            threshold=row.threshold,
            comparison_operator=operators.LESS_THAN_THRESHOLD if row.below else operators.GREATER_THAN_THRESHOLD,
            evaluation_periods=of,
            datapoints_to_alarm=enough,
            treat_missing_data=row.missing.treated_as,
        )
        _speak(alarm, topics, row.severity)
        return alarm

    def _composite(
        self, row: WholeRow, parts: Sequence[cloudwatch.Alarm], *, topics: OnCallTopics, runbooks: str
    ) -> None:
        composite = cloudwatch.CompositeAlarm(
            self,
            row.whole.value,
            composite_alarm_name=row.whole.value,
            alarm_description=describe(row, runbooks=runbooks),
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(cloudwatch.AlarmRule.from_alarm(part, cloudwatch.AlarmState.ALARM) for part in parts)
            ),
        )
        _speak(composite, topics, Severity.PAGE)


def _speak(alarm: cloudwatch.AlarmBase, topics: OnCallTopics, severity: Severity) -> None:
    """Tell the topic when trouble begins, and when it is over: who was woken wants to know both."""
    topic = actions.SnsAction(topics.of(severity))
    alarm.add_alarm_action(topic)
    alarm.add_ok_action(topic)
