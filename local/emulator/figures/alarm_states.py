"""Alarms that do not evaluate themselves: `local.alarms` does, by `SetAlarmState`, as CloudWatch does.

The emulator compares one statistic over all that has a metric's name, whenever a figure comes, and lets a composite
alarm follow its children. Here a state is only ever set. Who sets it may add to the reason's data whether the alarm's
actions are taken: a composite alarm's suppressor holds them back, and lets them through later.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudwatch

Alarm = dict[str, Any]

TOLD = "statlineTold"
"""In `StateReasonData`: false where nobody is told of the state, true where they are although it is no other."""
_SUPPRESSION = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
_OK = 200


def _told(alarm: Mapping[str, Any]) -> bool | None:
    try:
        said = json.loads(alarm.get("StateReasonData") or "{}")
    except ValueError:
        return None
    found = said.get(TOLD) if isinstance(said, dict) else None
    return found if isinstance(found, bool) else None


def _unless_held_back(dispatch: Callable[..., None]) -> Callable[..., None]:
    def dispatch_unless_held_back(alarm: Alarm, *rest: Any) -> None:
        if _told(alarm) is not False:
            dispatch(alarm, *rest)

    return dispatch_unless_held_back


def _telling_again(set_state: Callable[..., Any]) -> Callable[..., Any]:
    def set_and_tell(params: Any, data: dict[str, Any], *protocol: Any) -> Any:
        alarm = _find(str(data.get("AlarmName", "")))
        before = alarm["StateValue"] if alarm else None
        answer = set_state(params, data, *protocol)
        if alarm and answer[0] == _OK and alarm["StateValue"] == before and _told(data) is True:
            cloudwatch._dispatch_alarm_actions(alarm, before, before, alarm["StateReason"])
        return answer

    return set_and_tell


def _find(name: str) -> Alarm | None:
    found: Alarm | None = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return found


def _with_suppressor(put: Callable[..., Any]) -> Callable[..., Any]:
    def put_with_suppressor(params: Any, data: dict[str, Any], *protocol: Any, **settings: Any) -> Any:
        answer = put(params, data, *protocol, **settings)
        alarm = cloudwatch._composite_alarms.get(data.get("AlarmName"))
        if answer[0] == _OK and alarm:
            alarm.update({name: data[name] for name in _SUPPRESSION if name in data})
        return answer

    return put_with_suppressor


def _not_here(*_arguments: Any, **_settings: Any) -> None:
    return None


def install() -> None:
    """Switch the emulator's own evaluation off, and let states be set with all that belongs to them."""
    for own in ("_evaluate_alarm", "_evaluate_all_alarms", "_evaluate_parent_alarms", "_transition_composite"):
        if not hasattr(cloudwatch, own):
            message = (
                f"The emulator's alarms have changed ({own}): look at local/emulator/figures/alarm_states.py again."
            )
            raise RuntimeError(message)
        setattr(cloudwatch, own, _not_here)
    cloudwatch._dispatch_alarm_actions = _unless_held_back(cloudwatch._dispatch_alarm_actions)
    cloudwatch._set_alarm_state = _telling_again(cloudwatch._set_alarm_state)
    cloudwatch._put_composite_alarm = _with_suppressor(cloudwatch._put_composite_alarm)
