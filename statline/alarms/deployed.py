"""Alarms from an account: the answers of DescribeAlarms."""

from collections.abc import Iterable, Mapping
from typing import Any

from statline.alarms.model import Alarm


def alarms_from(answers: Iterable[Mapping[str, Any]]) -> list[Alarm]:
    """The alarms of DescribeAlarms' answers (its pages), as boto3 gives them. Raises UnreadableAlarmError."""
    return [alarm for answer in answers for alarm in answer.get("ReadAlarms", ())]
