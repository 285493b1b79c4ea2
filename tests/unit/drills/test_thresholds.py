"""An alarm that somebody has changed by hand makes a drill fail: too deaf, too slow, too nervous, or telling nobody."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from statline.alarms.model import CompositeAlarm
from statline.drills.deployment import Deployment, Template, deployment_of, read_deployment
from statline.drills.play import hear
from statline.drills.reading import read_incident
from statline.drills.verdict import faults
from tests.unit.drills.conftest import DRILLS, REGION, Lives

_ALARMS = {"AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::CompositeAlarm": "AlarmName"}
Change = Callable[[dict[str, Any]], None]


def _set(**properties: object) -> Change:
    return lambda alarm: alarm.update(properties)


def _without(name: str) -> Change:
    def change(alarm: dict[str, Any]) -> None:
        del alarm[name]

    return change


def _changed(templates: Mapping[str, Template], name: str, change: Change) -> list[Template]:
    """The templates, with one alarm changed."""
    found = 0
    changed = []
    for template in templates.values():
        if name in json.dumps(template):
            template = copy.deepcopy(template)  # noqa: PLW2901 - the others' stays as it is
            for resource in template["Resources"].values():
                key = _ALARMS.get(resource["Type"])
                if key and resource["Properties"].get(key) == name:
                    change(resource["Properties"])
                    found += 1
        changed.append(template)
    assert found, f"no template has {name}"
    return changed


@pytest.mark.parametrize(
    ("drill", "alarm", "change"),
    [
        ("stuck-consumer", "Statline stat push is stalled", _set(Threshold=2000)),
        ("stuck-consumer", "Statline stat push is stalled", _set(Threshold=60)),
        ("stuck-consumer", "Statline stat push is late", _set(Threshold=3000)),
        ("stuck-consumer", "Statline stat push consumer is stuck", _set(Threshold=5)),
        ("stuck-consumer", "Statline stat delivery is impaired", _without("AlarmActions")),
        ("10-january-backup", "Statline database primary is near its IOPS limit or silent", _set(Threshold=500)),
        ("10-january-backup", "Statline database primary waits for its disk", _set(Threshold=100_000)),
        ("10-january-backup", "Statline backup on the primary", _set(Threshold=1)),
        (
            "10-january-backup",
            "Statline database is saturated by a backup",
            _set(AlarmRule='ALARM("Statline stat push is stalled")'),
        ),
        ("2-march-connections", "Statline database primary runs out of connections", _set(Threshold=6400)),
        ("14-february-stale-connections", "Statline database replica lags", _set(TreatMissingData="notBreaching")),
        ("provider-outage", "Statline fcm answers with errors", _set(Threshold=101)),
        ("provider-quota", "Statline sms quota is nearly used up", _set(Threshold=800)),
        ("poison-message", "Statline urgent push is stalled", _set(Threshold=900_000)),
        ("silent-region", "Statline stat push canary is lost", _set(TreatMissingData="notBreaching")),
        ("silent-region", "Statline stat push canary is lost", _set(EvaluationPeriods=20, DatapointsToAlarm=20)),
        ("producer-storm", "Statline routine router is slow", _set(Threshold=1e6)),
        ("nobody-answers", "Statline an activation was not answered", _set(Threshold=50)),
        ("nobody-answers", "Statline an activation was not answered", _without("AlarmActions")),
        ("escalation-stalled", "Statline escalation is overdue", _set(Threshold=10_000)),
        ("escalation-stalled", "Statline escalation is stuck", _set(EvaluationPeriods=10, DatapointsToAlarm=10)),
        (
            "escalation-stalled",
            "Statline escalation is impaired",
            _set(AlarmRule='ALARM("Statline receipts are late")'),
        ),
        ("escalation-slow", "Statline escalation steps are late", _set(Threshold=5)),
        ("escalation-slow", "Statline escalation steps are late", _set(Threshold=120)),
        ("escalation-slow", "Statline escalation is overdue", _set(EvaluationPeriods=20, DatapointsToAlarm=20)),
        ("silent-region", "Statline escalation is overdue", _set(TreatMissingData="notBreaching")),
        ("answers-unheard", "Statline receipts are late", _set(Threshold=600)),
        ("answers-unheard", "Statline receipts are late", _set(Threshold=10, DatapointsToAlarm=1)),
        ("answers-unheard", "Statline key presses are lost", _set(Threshold=1000)),
        ("answers-unheard", "Statline text replies do not get through", _set(Threshold=3)),
        ("provider-demoted-and-back", "Statline sms provider sms is demoted", _set(Threshold=1)),
        ("provider-demoted-and-back", "Statline sms has no provider left", _set(Threshold=1)),
        ("real-canaries-lost", "Statline real voice canary is lost", _set(Threshold=1)),
        ("real-canaries-lost", "Statline real push canary is lost", _set(Threshold=3)),
        ("real-canaries-lost", "Statline real sms canary is lost", _set(Threshold=-1, TreatMissingData="breaching")),
        ("forged-callbacks", "Statline forged callbacks", _set(Threshold=30)),
        ("forged-callbacks", "Statline forged callbacks", _set(Threshold=-1, TreatMissingData="breaching")),
        ("receipts-missing", "Statline stat sms goes another way for want of receipts", _set(Threshold=100)),
        ("receipts-fade", "Statline stat voice goes another way for want of receipts", _set(Threshold=5)),
        ("side-queues-stuck", "Statline roll calls consumer is stuck", _set(Threshold=5)),
        ("side-queues-stuck", "Statline escalation has dead letters", _without("AlarmActions")),
        ("blind-amid-a-stall", "Statline stat push is stalled", _set(TreatMissingData="notBreaching")),
        ("blind-amid-a-stall", "Statline routine sms is stalled", _set(TreatMissingData="missing")),
        ("blind-watchers", "Statline urgent sms is stalled", _set(TreatMissingData="breaching")),
        ("blind-watchers", "Statline has no recent backup", _set(TreatMissingData="notBreaching")),
        ("slow-workers", "Statline routine push is slow", _set(Threshold=225)),
        ("router-stuck", "Statline urgent ingress is late", _set(Threshold=30)),
        ("healthy-monday", "Statline escalation steps are late", _set(Threshold=1)),
        ("healthy-night", "Statline receipts are late", _set(Threshold=-1)),
        ("healthy-monday", "Statline stat sms goes another way for want of receipts", _set(Threshold=-1)),
        ("healthy-night", "Statline stat push is stalled", _set(Threshold=0.1)),
        ("healthy-monday", "Statline database primary is near its IOPS limit or silent", _set(Threshold=15)),
        ("healthy-night", "Statline urgent push is slow", _set(Threshold=0.5)),
    ],
)
def test_a_changed_alarm_makes_a_drill_fail(
    drill: str, alarm: str, change: Change, templates: Mapping[str, Template], lives: Lives
) -> None:
    changed = deployment_of(_changed(templates, alarm, change), REGION)
    lived = lives(drill, 1)
    assert changed.metrics == lived.deployment.metrics, "another metric would need another life"

    found = faults(hear(lived, changed.alarms))

    assert alarm in {fault.about for fault in found}


@pytest.mark.parametrize(
    ("drill", "composite", "forgotten"),
    [
        ("stuck-consumer", "Statline stat delivery is impaired", "Statline stat push is late"),
        ("blind-amid-a-stall", "Statline stat delivery is impaired", "Statline stat sms is stalled"),
        ("router-stuck", "Statline delivery is impaired", "Statline urgent ingress is late"),
        ("slow-workers", "Statline routine delivery is impaired", "Statline routine voice is slow"),
        ("everything-grows", "Statline database is in trouble", "Statline database primary reads slowly"),
        ("answers-unheard", "Statline escalation is impaired", "Statline key presses are lost"),
    ],
)
def test_an_alarm_that_no_page_speaks_for_any_more_makes_a_drill_fail(
    drill: str, composite: str, forgotten: str, *, templates: Mapping[str, Template], canada: Deployment, lives: Lives
) -> None:
    rule = next(one.rule for one in canada.alarms if isinstance(one, CompositeAlarm) and one.name == composite)
    without = rule.replace(f'ALARM("{forgotten}")', "FALSE")
    assert without != rule
    changed = deployment_of(_changed(templates, composite, _set(AlarmRule=without)), REGION)

    assert forgotten in {fault.about for fault in faults(hear(lives(drill, 1), changed.alarms))}


def test_a_copy_that_is_not_changed_goes_as_it_must(templates: Mapping[str, Template], lives: Lives) -> None:
    untouched = deployment_of(_changed(templates, "Statline stat push is stalled", _set()), REGION)

    assert faults(hear(lives("stuck-consumer", 1), untouched.alarms)) == []


def test_every_alarm_has_a_drill_that_fails_when_it_is_silent(assembly: Path) -> None:
    """What no drill expects may be deaf for years."""
    named = {must.alarm for path in DRILLS.glob("*.yaml") for must in read_incident(path.stem, DRILLS).musts}

    for region in ("ca-central-1", "us-east-1"):
        alarms = {alarm.name for alarm in read_deployment(assembly, region).alarms}
        assert {name for name in alarms - named if not _let_off(name)} == set()


_LET_OFF = {
    "Statline fcm quota is nearly used up": "the workers cannot make four fifths of FCM's 600,000 calls a minute",
    "Statline dead-letters is throttled": "it works for seconds, and throttles count in three minutes of five",
    "Statline dead-letters fails": "it works for seconds, and errors count in two minutes of three",
}


def _let_off(name: str) -> bool:
    """Alarms that cannot speak in a drill, and those by which CodeDeploy takes a release back: they tell nobody."""
    return name in _LET_OFF or name.startswith("Rollouts")


def test_nothing_is_let_off_that_is_not_there(assembly: Path) -> None:
    assert set(_LET_OFF) <= {alarm.name for alarm in read_deployment(assembly, "ca-central-1").alarms}
