"""The table of live drills."""

from pathlib import Path

import pytest

from infra.config.reader import read_deployment
from local.databases.server import MAX_CONNECTIONS
from local.drill.__main__ import JANUARY
from local.drill.live.drills import DRILLS, NOT_LIVE
from local.drill.live.plan import Drill
from local.drill.region import NAME, PAGE, TICKET

NAMES = {
    "14-february-stale-connections",
    "2-march-connections",
    "provider-outage",
    "producer-storm",
    "provider-quota",
    "poison-message",
    "stuck-consumer",
    "silent-region",
}
ROOT = Path(__file__).resolve().parents[3]
LONGEST = 300
"""Seconds of a disturbance at most."""


def test_every_incident_has_a_live_drill() -> None:
    assert set(DRILLS) == NAMES


def test_every_incident_is_played_live_or_it_is_said_why_not() -> None:
    told = {file.stem for file in (ROOT / "drills").glob("*.yaml")}
    assert told == {JANUARY, *DRILLS, *NOT_LIVE}
    assert not {JANUARY, *DRILLS} & set(NOT_LIVE)


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_a_drill_waits_for_no_alarm_longer_than_it_may_last(drill: Drill) -> None:
    assert all(one.within <= LONGEST for one in drill.must)
    assert drill.lasts <= LONGEST


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_what_must_be_heard_is_heard_on_a_topic_that_there_is(drill: Drill) -> None:
    assert {one.topic for one in drill.must} <= {"", PAGE, TICKET}


def test_the_laptops_servers_let_in_as_many_as_the_alarm_on_connections_believes() -> None:
    (region,) = [found for found in read_deployment("laptop").regions if found.region == NAME]
    assert region.database is not None
    assert {instance.max_connections for instance in region.database.source.instances} == {MAX_CONNECTIONS}
