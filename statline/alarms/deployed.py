"""Alarms from an account: the answers of DescribeAlarms."""

from collections.abc import Iterable, Mapping
from typing import Any

from statline.alarms.definition import composite_alarm, metric_alarm
from statline.alarms.model import Alarm


def alarms_from(answers: Iterable[Mapping[str, Any]]) -> list[Alarm]:
    """The alarms of DescribeAlarms' answers (its pages, or one), as boto3 gives them; metric alarms first.

    Topics are ARNs. Ask for both AlarmTypes: CloudWatch answers without the composite ones otherwise.
    Raises UnreadableAlarmError, which names the alarm.
    """
    pages = list(answers)
    metric = [metric_alarm(one, **_named(one)) for page in pages for one in page.get("MetricAlarms", ())]
    composite = [composite_alarm(one, **_named(one)) for page in pages for one in page.get("CompositeAlarms", ())]
    return [*metric, *composite]


def _named(answer: Mapping[str, Any]) -> dict[str, str]:
    name = answer["AlarmName"]
    return {"name": name, "region": _region(answer.get("AlarmArn", "")), "where": name}


def _region(arn: str) -> str:
    parts = arn.split(":")
    region = 3
    return parts[region] if len(parts) > region else ""
