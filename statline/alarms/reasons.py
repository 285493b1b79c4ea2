"""The sentence that tells why an alarm came into a state, much as CloudWatch has it."""

from datetime import UTC, datetime

from statline.alarms.decision import Point, filled
from statline.alarms.model import Comparison, Missing, State
from statline.alarms.window import Window

_WORDS = {
    Comparison.ABOVE: "greater than",
    Comparison.AT_LEAST: "greater than or equal to",
    Comparison.BELOW: "less than",
    Comparison.AT_MOST: "less than or equal to",
}
_FILLED = {Missing.BREACHING: "Breaching", Missing.NOT_BREACHING: "NonBreaching"}


def reason_for(window: Window, after: State) -> str:
    """Why: which datapoints were compared with what, and what was missing."""
    if after is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_received(window)}."
    return f"Threshold Crossed: {_compared(window, after)}{_missing(window)}."


def _received(window: Window) -> str:
    """What there was, where it was too little."""
    there = sum(point != Point.NONE for point in window.points)
    if not there:
        return f"no datapoints were received for {len(window.points)} periods"
    verb = "was" if there == 1 else "were"
    return f"only {there} of {window.plan.alarm.evaluation_periods} datapoints {verb} received"


def _compared(window: Window, after: State) -> str:
    alarm = window.plan.alarm
    there = [index for index, point in enumerate(window.points) if point != Point.NONE][-alarm.evaluation_periods :]
    if not there:
        return _received(window)
    wanted = Point.BREACH if after is State.ALARM else Point.GOOD
    told = [index for index in there if window.points[index] == wanted] or there
    listed = ", ".join(_datapoint(window, index) for index in reversed(told))
    verb = ("was" if len(told) == 1 else "were") + ("" if window.points[told[-1]] == Point.BREACH else " not")
    return (
        f"{len(told)} out of the last {len(there)} datapoints [{listed}] {verb} {_WORDS[alarm.comparison]}"
        f" the threshold ({alarm.threshold:g})"
    )


def _datapoint(window: Window, index: int) -> str:
    value = window.values[index]
    return f"{'none' if value is None else format(value, '.6g')} ({_time(window.starts[index])})"


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _missing(window: Window) -> str:
    missing = filled(window.points, periods=window.plan.alarm.evaluation_periods)
    treated = window.plan.missing
    if not missing or treated not in _FILLED:
        return ""
    datapoints = "1 missing datapoint was" if missing == 1 else f"{missing} missing datapoints were"
    return f" and {datapoints} treated as [{_FILLED[treated]}]"
