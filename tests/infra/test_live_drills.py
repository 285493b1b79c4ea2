"""What the live drills wait for is what the templates say, through the topics that they say it through."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest

from local.drill.live.drills import DRILLS
from local.drill.live.plan import Drill
from local.drill.region import NAME
from tests.infra.alarms import alarms_of, composites_of, severity
from tests.infra.templates import Template

Told = Mapping[str, str]
"""The topic of each alarm, by the alarm's name; empty for one that another alarm speaks for."""


@pytest.fixture(scope="module")
def told(templates: Mapping[str, Template]) -> Told:
    return {
        alarm["AlarmName"]: f"statline-{severity(template, alarm)}" if "AlarmActions" in alarm else ""
        for name, template in templates.items()
        if name == f"Statline-{NAME}-Monitoring"
        for alarm in (*alarms_of(template), *composites_of(template).values())
    }


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_a_live_drill_waits_for_alarms_that_there_are_on_the_topics_that_they_speak_to(
    drill: Drill, told: Told
) -> None:
    assert {one.alarm: one.topic for one in drill.must} == {one.alarm: told.get(one.alarm) for one in drill.must}


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_what_may_wake_on_call_in_a_live_drill_is_an_alarm_that_there_is(drill: Drill, told: Told) -> None:
    assert [word for word in drill.may if not any(fnmatchcase(name, word) for name in told)] == []
