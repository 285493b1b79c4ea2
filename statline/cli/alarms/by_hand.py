"""A threshold that was typed, as an alarm; and an alarm with something of it typed anew."""

from dataclasses import dataclass, replace

from statline.alarms.model import Comparison, MetricAlarm, MetricKey, Missing, Query
from statline.backtest.conditions import SIGNS
from statline.backtest.errors import BacktestError
from statline.backtest.history import Series

_COMPARISONS = {
    (True, False): Comparison.ABOVE,
    (True, True): Comparison.AT_LEAST,
    (False, False): Comparison.BELOW,
    (False, True): Comparison.AT_MOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What of an alarm was typed; None where it was not. above: over the threshold, else under it.

    reaching: the threshold itself breaches, too. datapoints: how many of how many.
    """

    threshold: float | None = None
    above: bool | None = None
    reaching: bool | None = None
    period: int | None = None
    datapoints: tuple[int, int] | None = None
    missing: Missing | None = None
    statistic: str | None = None


def by_hand(series: Series, typed: Typed) -> MetricAlarm:
    """An alarm on one series. Raises `BacktestError` where it is not said which side of the threshold is bad."""
    if typed.threshold is None:
        raise BacktestError("name an alarm with --alarm, or a --threshold with --above or --below")
    if typed.above is None:
        raise BacktestError(f"--threshold {typed.threshold:g}: is --above or --below it the bad side?")
    comparison = _COMPARISONS[typed.above, bool(typed.reaching)]
    enough, of = typed.datapoints or (1, 1)
    return MetricAlarm(
        name=f"{series.label} {SIGNS[comparison]} {typed.threshold:g}",
        queries=(Query(id="m", metric=MetricKey("history", series.id), statistic=typed.statistic or "Average"),),
        returned="m",
        period=typed.period or 60,
        comparison=comparison,
        threshold=typed.threshold,
        evaluation_periods=of,
        datapoints=enough,
        missing=typed.missing or Missing.MISSING,
    )


def altered(alarm: MetricAlarm, typed: Typed) -> MetricAlarm:
    """An alarm with what was typed instead of its own. Raises `BacktestError`."""
    if typed.above is not None or typed.reaching is not None:
        reaching = alarm.comparison in {Comparison.AT_LEAST, Comparison.AT_MOST}
        over = alarm.comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
        above = over if typed.above is None else typed.above
        wanted = reaching if typed.reaching is None else typed.reaching
        alarm = replace(alarm, comparison=_COMPARISONS[above, wanted])
    if typed.statistic is not None:
        queries = [replace(one, statistic=typed.statistic) if one.metric else one for one in alarm.queries]
        if len(queries) > 1:
            raise BacktestError(f"--statistic: {alarm.name} has several figures; leave theirs as they are")
        alarm = replace(alarm, queries=tuple(queries))
    enough, of = typed.datapoints or (alarm.datapoints, alarm.evaluation_periods)
    return replace(
        alarm,
        threshold=alarm.threshold if typed.threshold is None else typed.threshold,
        period=typed.period or alarm.period,
        evaluation_periods=of,
        datapoints=enough,
        missing=typed.missing or alarm.missing,
    )
