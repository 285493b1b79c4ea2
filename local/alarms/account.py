"""One region's CloudWatch, by its API: which alarms there are, and what state they are to be in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.alarms.feed import AwayError
from statline.alarms.deployed import alarms_from
from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.model import Alarm, State, Transition

_TOLD = "statlineTold"
"""What the completed emulator reads in a reason's data (local/emulator/figures/alarm_states.py)."""
_LONGEST_REASON = 1023
_ONCE = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2})
_PAGE = 100
_KINDS = ("MetricAlarms", "CompositeAlarms")


@dataclass(frozen=True, slots=True)
class Described:
    """The alarms of a region, the state of each by name, and what is wrong with those that cannot be evaluated."""

    alarms: list[Alarm]
    states: Mapping[str, State]
    unreadable: tuple[str, ...] = ()


class Account:
    """CloudWatch in one region. The environment says where it is, and with which keys."""

    def __init__(self, region: str) -> None:
        self._cloudwatch: Any = botocore.session.get_session().create_client(
            "cloudwatch", region_name=region, config=_ONCE
        )

    def described(self) -> Described:
        """What alarms there are. Raises AwayError."""
        pages = self._cloudwatch.get_paginator("describe_alarms")
        try:
            answers = list(pages.paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=_PAGE))
        except (BotoCoreError, ClientError) as cause:
            message = f"DescribeAlarms failed: {cause}"
            raise AwayError(message) from cause
        return _read([(kind, alarm) for answer in answers for kind in _KINDS for alarm in answer.get(kind, [])])

    def set_state(self, transition: Transition) -> None:
        """Bring an alarm into a state. Nobody is told of one that is suppressed. Raises AwayError."""
        told = _told(transition)
        data = {} if told is None else {"StateReasonData": json.dumps({_TOLD: told})}
        try:
            self._cloudwatch.set_alarm_state(
                AlarmName=transition.alarm,
                StateValue=transition.after.value,
                StateReason=transition.reason[:_LONGEST_REASON],
                **data,
            )
        except (BotoCoreError, ClientError) as cause:
            message = f"SetAlarmState of {transition.alarm!r} failed: {cause}"
            raise AwayError(message) from cause


def _read(described: Sequence[tuple[str, Mapping[str, Any]]]) -> Described:
    """Read alarm by alarm: one that cannot be read must not silence the others."""
    alarms: list[Alarm] = []
    unreadable: list[str] = []
    for kind, alarm in described:
        try:
            alarms.extend(alarms_from([{kind: [alarm]}]))
        except UnreadableAlarmError as problem:
            unreadable.append(str(problem))
    states = {alarm["AlarmName"]: State(alarm["StateValue"]) for _kind, alarm in described}
    return Described(alarms, states, tuple(unreadable))


def _told(transition: Transition) -> bool | None:
    """Whether the alarm's actions are taken, where that does not follow from the change of its state."""
    if transition.suppressed:
        return False
    return True if transition.before is transition.after else None
