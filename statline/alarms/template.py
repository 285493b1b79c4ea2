"""Alarms from synthesized CloudFormation templates."""

from collections.abc import Iterable, Mapping
from typing import Any

from statline.alarms.model import Actions, Alarm, Comparison, MetricAlarm, Missing, Query, key_of

Template = Mapping[str, Any]


def alarms_in(templates: Iterable[Template], region: str) -> list[Alarm]:
    """Every alarm of a region's templates, given together because they refer to each other; ordered as they stand.

    templates: as CDK wrote them, parsed. Raises UnreadableAlarmError, which names the resource.
    """
    return [
        _metric_alarm(resource["Properties"], region)
        for template in templates
        for resource in template.get("Resources", {}).values()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "MetricName" in resource["Properties"]
    ]


def _metric_alarm(properties: Mapping[str, Any], region: str) -> MetricAlarm:
    dimensions = {one["Name"]: one["Value"] for one in properties.get("Dimensions", [])}
    return MetricAlarm(
        name=properties["AlarmName"],
        description=properties.get("AlarmDescription", ""),
        region=region,
        queries=(
            Query(
                id="m",
                metric=key_of(properties["Namespace"], properties["MetricName"], dimensions),
                statistic=properties.get("Statistic") or properties["ExtendedStatistic"],
            ),
        ),
        returned="m",
        period=properties["Period"],
        comparison=Comparison(properties["ComparisonOperator"]),
        threshold=properties["Threshold"],
        evaluation_periods=properties["EvaluationPeriods"],
        datapoints=properties.get("DatapointsToAlarm", properties["EvaluationPeriods"]),
        missing=Missing(properties.get("TreatMissingData", Missing.MISSING)),
        actions=Actions(
            alarm=tuple(str(topic) for topic in properties.get("AlarmActions", ())),
            ok=tuple(str(topic) for topic in properties.get("OKActions", ())),
        ),
    )
