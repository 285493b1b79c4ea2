"""Alarms from DescribeAlarms."""

from datetime import UTC, datetime
from typing import Any

import pytest

from statline.alarms.deployed import alarms_from
from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.model import (
    Actions,
    Comparison,
    CompositeAlarm,
    MetricAlarm,
    Missing,
    Query,
    Suppression,
    key_of,
)

TOPIC = "arn:aws:sns:ca-central-1:111122223333:statline-page"
COMMON: dict[str, Any] = {
    "ActionsEnabled": True,
    "OKActions": [],
    "AlarmActions": [TOPIC],
    "InsufficientDataActions": [],
    "StateValue": "OK",
    "StateUpdatedTimestamp": datetime(2026, 1, 10, tzinfo=UTC),
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 1,
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 1.0,
    "TreatMissingData": "breaching",
}


def arn(name: str) -> str:
    return f"arn:aws:cloudwatch:ca-central-1:111122223333:alarm:{name}"


LATE = COMMON | {
    "AlarmName": "late",
    "AlarmArn": arn("late"),
    "AlarmDescription": "Look.",
    "MetricName": "CanaryArrived",
    "Namespace": "Statline",
    "Statistic": "Minimum",
    "Dimensions": [{"Name": "Region", "Value": "ca-central-1"}, {"Name": "Lane", "Value": "stat"}],
    "Period": 10,
}
SHARE = COMMON | {
    "AlarmName": "share",
    "AlarmArn": arn("share"),
    "Dimensions": [],
    "Metrics": [
        {"Id": "e1", "Expression": "100 * m1", "Label": "share", "ReturnData": True},
        {
            "Id": "m1",
            "MetricStat": {
                "Metric": {"Namespace": "AWS/RDS", "MetricName": "ReadIOPS", "Dimensions": []},
                "Period": 60,
                "Stat": "Average",
            },
            "ReturnData": False,
        },
    ],
}
WHOLE = {
    "AlarmName": "whole",
    "AlarmArn": arn("whole"),
    "ActionsEnabled": True,
    "AlarmActions": [TOPIC],
    "AlarmRule": f'ALARM("{arn("late")}") AND NOT ALARM({arn("share")})',
    "ActionsSuppressor": arn("share"),
    "ActionsSuppressorWaitPeriod": 60,
    "ActionsSuppressorExtensionPeriod": 30,
}


def test_alarms_of_an_account_are_read() -> None:
    late, share, whole = alarms_from([{"MetricAlarms": [LATE, SHARE]}, {"CompositeAlarms": [WHOLE]}])
    assert late == MetricAlarm(
        name="late",
        description="Look.",
        region="ca-central-1",
        queries=(
            Query(
                id="only",
                metric=key_of("Statline", "CanaryArrived", {"Lane": "stat", "Region": "ca-central-1"}),
                statistic="Minimum",
            ),
        ),
        returned="only",
        period=10,
        comparison=Comparison.BELOW,
        threshold=1.0,
        evaluation_periods=2,
        datapoints=1,
        missing=Missing.BREACHING,
        actions=Actions(alarm=(TOPIC,)),
    )
    assert isinstance(share, MetricAlarm)
    assert (share.returned, share.period) == ("e1", 60)
    assert isinstance(whole, CompositeAlarm)
    assert whole.rule == 'ALARM("late") AND NOT ALARM(share)'
    assert whole.suppression == Suppression(suppressor="share", wait=60, extension=30)


def test_an_alarm_of_an_account_that_cannot_be_evaluated_is_named() -> None:
    band = LATE | {"ThresholdMetricId": "band"}
    with pytest.raises(UnreadableAlarmError, match="late: it compares with an anomaly detection band"):
        alarms_from([{"MetricAlarms": [band]}])


def test_no_alarms_are_none() -> None:
    assert alarms_from([{"MetricAlarms": [], "CompositeAlarms": []}]) == []
