"""Reads what is told of one alarm: how it stands, its figures now, and its last day. It changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from statline.alarms.decision import Point
from statline.alarms.deployed import alarms_from
from statline.alarms.errors import AlarmError
from statline.alarms.model import Alarm, CompositeAlarm, MetricAlarm, Sample, State
from statline.alarms.plan import plan_of
from statline.alarms.recorded import Recorded
from statline.alarms.window import look
from statline.backtest.conditions import metrics_of
from statline.backtest.figures import fed
from statline.cli.alarms.states import Standing, standing_of, standings
from statline.cli.explain.model import Explained, Figure, Figures, Past
from statline.cli.figure_reading import Points, Wanted, read_figures

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_MOST_FIGURES = 12
"""Alarms below a composite whose figures are read: those that began first."""
_DAY = timedelta(days=1)
_LEAST_PERIODS = 5
_LATE = 3
"""Minutes: AWS's own figures are one to two minutes late."""


class Reader:
    """Reads alarms of one region. Methods raise what boto3 raises."""

    def __init__(self, cloudwatch: "CloudWatchClient", now: datetime) -> None:
        self._cloudwatch = cloudwatch
        self._now = now

    def names(self) -> list[str]:
        """The names of all alarms of the region."""
        return list(standings(self._cloudwatch, prefix=""))

    def read(self, name: str) -> Explained | None:
        """Everything about an alarm; None where there is none of this name."""
        found = self._described([name])
        if name not in found:
            return None
        standing = standing_of(found[name])
        alarm, unreadable = _alarm(found[name])
        known = standings(self._cloudwatch)
        children = self._children(alarm, known) if isinstance(alarm, CompositeAlarm) else []
        own = self._figures([alarm]) if isinstance(alarm, MetricAlarm) else {}
        return Explained(
            standing=standing,
            alarm=alarm,
            unreadable=unreadable,
            figures=own.get(name),
            children=children,
            heard_through=[one for one in known.values() if name in one.children],
            past=self._past(name),
        )

    def _children(
        self, composite: CompositeAlarm, known: Mapping[str, Standing]
    ) -> list[tuple[Standing, Figures | None]]:
        """The children, those that speak first; of those on figures that speak, the figures."""
        named = known.get(composite.name)
        children = [known[child] for child in (named.children if named else ()) if child in known]
        children.sort(key=lambda one: (one.state is not State.ALARM, one.since))
        loud = [one.name for one in children if one.state is State.ALARM and not one.children][:_MOST_FIGURES]
        alarms = [_alarm(one)[0] for one in self._described(loud).values()] if loud else []
        figures = self._figures([alarm for alarm in alarms if isinstance(alarm, MetricAlarm)])
        return [(one, figures.get(one.name)) for one in children]

    def _described(self, names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        answer: Mapping[str, Any] = self._cloudwatch.describe_alarms(
            AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100
        )
        both = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        return {one["AlarmName"]: one for one in both}

    def _figures(self, alarms: Sequence[MetricAlarm]) -> Mapping[str, Figures]:
        """The alarms' figures of the periods that they look at, all asked for together."""
        wanted = [
            Wanted(metric, query.statistic, alarm.period) for alarm in alarms for query, metric in metrics_of(alarm)
        ]
        longest = max((_look_back(alarm) for alarm in alarms), default=timedelta(0))
        read = read_figures(self._cloudwatch, wanted, self._now - longest, self._now) if wanted else {}
        return {alarm.name: _computed(alarm, read, self._now) for alarm in alarms}

    def _past(self, name: str) -> list[Past]:
        answer = self._cloudwatch.describe_alarm_history(
            AlarmName=name,
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            HistoryItemType="StateUpdate",
            StartDate=self._now - _DAY,
            EndDate=self._now,
            MaxRecords=50,
        )
        entries = [Past(item["Timestamp"], item["HistorySummary"]) for item in answer.get("AlarmHistoryItems", [])]
        return sorted(entries, key=lambda entry: entry.at)


def _alarm(described: Mapping[str, Any]) -> tuple[Alarm | None, str]:
    kind = "CompositeAlarms" if "AlarmRule" in described else "MetricAlarms"
    try:
        (alarm,) = alarms_from([{kind: [described]}])
    except AlarmError as cause:
        return None, str(cause)
    return alarm, ""


def _periods(alarm: MetricAlarm) -> int:
    return max(_LEAST_PERIODS, alarm.evaluation_periods)


def _look_back(alarm: MetricAlarm) -> timedelta:
    return timedelta(seconds=(_periods(alarm) + 2) * alarm.period) + timedelta(minutes=_LATE)


def _computed(alarm: MetricAlarm, read: Mapping[Wanted, Points], now: datetime) -> Figures:
    """The last periods that are over, computed as the evaluator does from what CloudWatch shows."""
    points = {
        query.id: dict(read.get(Wanted(metric, query.statistic, alarm.period), []))
        for query, metric in metrics_of(alarm)
    }
    samples = {id_: [Sample(at, value) for at, value in found.items()] for id_, found in points.items()}
    ready, by_metric = fed(alarm, samples, raw=False)
    shown = _periods(alarm)
    plan = plan_of(replace(ready, evaluation_periods=shown))
    window = look(plan, Recorded(by_metric), now.timestamp() // alarm.period * alarm.period, now.timestamp())
    starts = window.starts[-shown:]
    returned = next(query for query in alarm.queries if query.id == alarm.returned)
    return Figures(
        alarm,
        [Figure(query, [(at, points[query.id].get(at)) for at in starts]) for query, _ in metrics_of(alarm)],
        Figure(returned, list(zip(starts, window.values[-shown:], strict=True))),
        [None if point is Point.NONE else point is Point.BREACH for point in window.points[-shown:]],
    )


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)
