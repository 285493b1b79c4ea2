"""Reads alarms of synthesized templates: whom they tell, what they are made of, what holds them back."""

import re
from collections.abc import Iterator
from typing import Any

from tests.infra.templates import Template

Alarm = dict[str, Any]
_ROLLOUTS = "Rollouts"
"""CodeDeploy's own alarms: it puts a bad version back by itself and tells nobody."""


def alarms_of(template: Template) -> Iterator[Alarm]:
    """The template's alarms on figures."""
    for logical_id, resource in template.resources("AWS::CloudWatch::Alarm").items():
        if not logical_id.startswith(_ROLLOUTS):
            yield resource["Properties"]


def composites_of(template: Template) -> dict[str, Alarm]:
    """The template's composite alarms, by name."""
    return {alarm["AlarmName"]: alarm for alarm in template.properties("AWS::CloudWatch::CompositeAlarm")}


def severity(template: Template, alarm: Alarm) -> str:
    """The topic that an alarm tells, of its trouble and of its end."""
    (action,) = alarm["AlarmActions"]
    assert alarm["OKActions"] == [action], "who was told of the trouble is told of its end"
    topic = template.body["Resources"][action["Ref"]]["Properties"]
    return str(topic["TopicName"].removeprefix("statline-"))


def rule(template: Template, composite: Alarm) -> str:
    """A composite's rule as CloudWatch gets it, with names for ARNs."""
    pieces = composite["AlarmRule"]["Fn::Join"][1]
    return "".join(piece if isinstance(piece, str) else _name(template, piece) for piece in pieces)


def children(template: Template, composite: Alarm) -> set[str]:
    """The names of the alarms that a rule looks at."""
    return set(re.findall(r'ALARM\("([^"]+)"\)', rule(template, composite)))


def suppressor(template: Template, composite: Alarm) -> str | None:
    """The name of the alarm that holds a composite back."""
    found = composite.get("ActionsSuppressor")
    return _name(template, found) if found else None


def _name(template: Template, reference: Any) -> str:
    return str(template.body["Resources"][reference["Fn::GetAtt"][0]]["Properties"]["AlarmName"])
