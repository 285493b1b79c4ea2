"""Alarms that the emulator refuses in a template: metric math, and composite alarms.

Both are kept as they stand in the template; `local.alarms` evaluates them.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
_OK = 200


def _with_metric_math(record: Callable[[str, Properties], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def record_with_metric_math(name: str, props: Properties) -> dict[str, Any]:
        metrics = props.get("Metrics")
        if not metrics:
            return record(name, props)
        single = {"MetricName": name, "Namespace": "metric-math", "Threshold": 0, **props, "Metrics": None}
        return {**record(name, single), "MetricName": "", "Namespace": "", "Metrics": metrics}

    return record_with_metric_math


def _put_composite(name: str, props: Properties) -> tuple[str, dict[str, Any]]:
    status, _headers, body = cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name}, False, is_json=True)
    if status != _OK:
        reason = json.loads(body).get("message", body)
        message = f"AWS::CloudWatch::CompositeAlarm {name}: {reason}"
        raise ValueError(message)
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _create_composite(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
    name = props.get("AlarmName") or provisioners._physical_name(stack_name, logical_id, max_len=255)
    return _put_composite(name, props)


def _update_composite(
    physical_id: str, _old: Properties, new: Properties, _stack_name: str
) -> tuple[str, dict[str, Any]]:
    return _put_composite(physical_id, new)


def _delete_composite(physical_id: str, _props: Properties) -> None:
    cloudwatch._composite_alarms.pop(physical_id, None)


def install() -> None:
    """Accept both kinds of alarm in templates."""
    provisioners._cw_metric_alarm_record = _with_metric_math(provisioners._cw_metric_alarm_record)
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": _create_composite,
        "update": _update_composite,
        "delete": _delete_composite,
    }
