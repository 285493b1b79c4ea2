"""An alarm that somebody has changed by hand makes a drill fail: too deaf, too slow, too nervous, or telling nobody."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from statline.drills.deployment import read_deployment
from statline.drills.play import play
from statline.drills.reading import read_incident
from statline.drills.verdict import faults
from tests.unit.drills.conftest import DRILLS

_ALARMS = {"AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::CompositeAlarm": "AlarmName"}
Change = Callable[[dict[str, Any]], None]


def _set(**properties: object) -> Change:
    return lambda alarm: alarm.update(properties)


def _without(name: str) -> Change:
    def change(alarm: dict[str, Any]) -> None:
        del alarm[name]

    return change


def _changed(assembly: Path, to: Path, name: str, change: Change) -> Path:
    """A copy of the templates with one alarm changed."""
    found = 0
    for path in assembly.glob("*.template.json"):
        template = json.loads(path.read_text())
        for resource in template["Resources"].values():
            key = _ALARMS.get(resource["Type"])
            if key and resource["Properties"].get(key) == name:
                change(resource["Properties"])
                found += 1
        (to / path.name).write_text(json.dumps(template))
    assert found, f"no template has {name}"
    return to


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
        ("healthy-night", "Statline stat push is stalled", _set(Threshold=0.1)),
        ("healthy-monday", "Statline database primary is near its IOPS limit or silent", _set(Threshold=15)),
        ("healthy-night", "Statline urgent push is slow", _set(Threshold=0.5)),
    ],
)
def test_a_changed_alarm_makes_a_drill_fail(
    drill: str, alarm: str, change: Change, assembly: Path, tmp_path: Path
) -> None:
    incident = read_incident(drill, DRILLS)
    folder = _changed(assembly, tmp_path, alarm, change)

    found = faults(play(incident, read_deployment(folder, "ca-central-1"), seed=1))

    assert alarm in {fault.about for fault in found}


def test_a_copy_that_is_not_changed_goes_as_it_must(assembly: Path, tmp_path: Path) -> None:
    for path in assembly.glob("*.template.json"):
        shutil.copy(path, tmp_path)

    assert faults(play(read_incident("stuck-consumer", DRILLS), read_deployment(tmp_path), seed=1)) == []


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
