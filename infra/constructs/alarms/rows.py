"""Alarms as data: one row says everything about an alarm, and one construct makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from infra.constructs.alarms.topics import OnCallTopics, Severity
from infra.constructs.alarms.wholes import HOLD_EXTENSION, HOLD_WAIT, WHOLES, Whole, WholeRow


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
    heard_as: the topic that it speaks to; or the whole that speaks for it, and then it does not speak itself.
    threshold: the alarm speaks when the figure is `above` it (or, with `below`, under it).
    datapoints: how many of how many periods must breach.
    """

    name: str
    means: str
    first: str
    runbook: str
    heard_as: Severity | Whole
    figure: Figure | Formula
    threshold: float
    missing: Missing
    below: bool = False
    period: Duration = field(default_factory=lambda: Duration.minutes(1))
    datapoints: tuple[int, int] = (1, 1)


def describe(row: AlarmRow | WholeRow, *, runbooks: str) -> str:
    """An alarm's text: what it means for clinicians, the first thing to do, the runbook."""
    return f"{row.means} First: {row.first} Runbook: {runbooks}/{row.runbook}.md"


class Alarms(Construct):
    """The alarms of a table, and the composites that they are part of. They speak to on-call's topics.

    wholes: the composites, the most particular first.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, rows: Sequence[AlarmRow], topics: OnCallTopics, runbooks: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._topics = topics
        self._runbooks = runbooks
        alarms = MappingProxyType({row.name: self._alarm(row) for row in rows})
        parts = {
            whole: [alarms[row.name] for row in rows if row.heard_as is whole]
            for whole in Whole
            if any(row.heard_as is whole for row in rows)
        }
        wholes: dict[Whole, cloudwatch.CompositeAlarm] = {}
        for whole, row in WHOLES.items():
            if (row.of or whole) in parts:
                wholes[whole] = self._composite(row, parts[row.of or whole], alarms, wholes)
        self.wholes = tuple(wholes.values())

    def _alarm(self, row: AlarmRow) -> cloudwatch.Alarm:
        enough, of = row.datapoints
        operators = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            self,
            row.name,
            alarm_name=row.name,
            alarm_description=describe(row, runbooks=self._runbooks),
            metric=row.figure.over(row.period),
            threshold=row.threshold,
            comparison_operator=operators.LESS_THAN_THRESHOLD if row.below else operators.GREATER_THAN_THRESHOLD,
            evaluation_periods=of,
            datapoints_to_alarm=enough,
            treat_missing_data=row.missing.treated_as,
        )
        if isinstance(row.heard_as, Severity):
            self._speak(alarm, row.heard_as)
        return alarm

    def _composite(
        self,
        row: WholeRow,
        parts: Sequence[cloudwatch.Alarm],
        alarms: Mapping[str, cloudwatch.Alarm],
        wholes: Mapping[Whole, cloudwatch.CompositeAlarm],
    ) -> cloudwatch.CompositeAlarm:
        # CloudWatch refuses a rule, and a suppressor, that does not exist yet: a reference makes it come first.
        included = [wholes[row.including]] if row.including is not None and row.including in wholes else []
        rule = cloudwatch.AlarmRule.any_of(*(_speaks(part) for part in [*included, *parts]))
        if row.only_while is not None:
            rule = cloudwatch.AlarmRule.all_of(_speaks(alarms[row.only_while]), rule)
        better = wholes.get(row.held_back_by) if row.held_back_by is not None else None
        composite = cloudwatch.CompositeAlarm(
            self,
            row.whole.value,
            composite_alarm_name=row.whole.value,
            alarm_description=describe(row, runbooks=self._runbooks),
            alarm_rule=rule,
            actions_suppressor=better,
            actions_suppressor_wait_period=HOLD_WAIT if better else None,
            actions_suppressor_extension_period=HOLD_EXTENSION if better else None,
        )
        self._speak(composite, row.severity)
        return composite

    def _speak(self, alarm: cloudwatch.AlarmBase, severity: Severity) -> None:
        """Tell the topic when trouble begins, and when it is over: who was woken wants to know both."""
        topic = actions.SnsAction(self._topics.of(severity))
        alarm.add_alarm_action(topic)
        alarm.add_ok_action(topic)


def _speaks(alarm: cloudwatch.AlarmBase) -> cloudwatch.IAlarmRule:
    return cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
