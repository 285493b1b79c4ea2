"""Alarms from synthesized CloudFormation templates."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from statline.alarms.definition import composite_alarm, metric_alarm
from statline.alarms.errors import UnreadableAlarmError
from statline.alarms.model import Alarm
from statline.alarms.references import References, Template, UnresolvedError, references

_METRIC, _COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_TAGS = "Tags"
_ANY_ACCOUNT = "000000000000"


def alarms_in(templates: Iterable[Template], region: str, *, account: str = _ANY_ACCOUNT) -> list[Alarm]:
    """Every alarm of a region's templates, given together because they refer to each other; ordered as they stand.

    templates: as CDK wrote them, parsed. Topics are their names, since a template knows no ARN; a topic that stands
    there as an ARN is that. account: what stands in ARNs of resources that dimensions name (a state machine's).
    An alarm without a name is called by its logical id. Raises UnreadableAlarmError, which names the resource.
    """
    given = list(templates)
    known = references(given, region, account)
    return [
        _alarm(logical_id, resource, template, known)
        for template in given
        for logical_id, resource in template.get("Resources", {}).items()
        if resource["Type"] in {_METRIC, _COMPOSITE}
    ]


def _alarm(logical_id: str, resource: Mapping[str, Any], template: Template, known: References) -> Alarm:
    try:
        properties = {
            key: [_topic(one, template, known) for one in value] if key in _ACTIONS else known.resolve(value, template)
            for key, value in resource.get("Properties", {}).items()
            if key != _TAGS
        }
    except UnresolvedError as error:
        raise UnreadableAlarmError(logical_id, str(error)) from error
    name = str(properties.get("AlarmName") or logical_id)
    where = logical_id if name == logical_id else f"{logical_id} ({name})"
    read = metric_alarm if resource["Type"] == _METRIC else composite_alarm
    return read(properties, name=name, region=known.region, where=where)


_TOPIC_ARN = re.compile(r"arn:[\w-]+:sns:[^:]*:[^:]*:(?P<name>.+)")


def _topic(value: Any, template: Template, known: References) -> str:
    resolved = str(known.resolve(value, template))
    found = _TOPIC_ARN.fullmatch(resolved)
    return found["name"] if found and not isinstance(value, str) else resolved
