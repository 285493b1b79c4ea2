"""On good days nothing speaks: no page, no ticket, not even a part of what could become one."""

from datetime import UTC, datetime

import pytest

from statline.drills.course import Course
from statline.drills.deployment import Deployment
from statline.drills.incident import Incident
from statline.drills.names import of_instance
from statline.drills.play import Played, play
from statline.drills.reading import read_incident
from statline.drills.region import Region
from statline.drills.verdict import faults
from tests.unit.drills.conftest import DRILLS

_A_MONDAY = datetime(2026, 1, 5, tzinfo=UTC).timestamp()


def _live(name: str, deployment: Deployment, seed: int) -> Played:
    return play(read_incident(name, DRILLS), deployment, seed=seed)


@pytest.mark.parametrize("name", ["healthy-weekday", "healthy-night", "healthy-monday"])
@pytest.mark.parametrize("seed", [11, 12])
def test_nothing_is_said_on_a_good_day(name: str, seed: int, canada: Deployment) -> None:
    played = _live(name, canada, seed)

    assert faults(played) == []
    assert not [one for one in played.transitions if one.told]


def test_nothing_is_said_on_a_good_monday_where_the_database_is_only_watched(states: Deployment) -> None:
    assert faults(_live("healthy-monday", states, 13)) == []


@pytest.mark.timeout(600)
def test_nothing_is_said_in_a_good_week(canada: Deployment) -> None:
    assert faults(_live("healthy-week", canada, 14)) == []


def test_a_good_monday_is_busier_than_a_night(canada: Deployment) -> None:
    """Silence is worth something only where there was something to hear."""
    incident, dice = read_incident("healthy-monday", DRILLS), 15
    night = read_incident("healthy-night", DRILLS)

    assert _reads(incident, canada, dice) > 3 * _reads(night, canada, dice)


def _reads(incident: Incident, deployment: Deployment, seed: int) -> float:
    """What the primary reads a second, on average."""
    weekday, seconds = incident.weekday_and_time
    start = weekday * 86_400.0 + seconds
    region = Region(deployment, began=_A_MONDAY + start, zone=UTC, seed=seed)
    region.advance(_A_MONDAY + start + incident.lasts, Course())
    key = of_instance("ReadIOPS", deployment.databases["primary"].identifier)
    samples = region.history.samples(key, 0.0, float("inf"), float("inf"))
    return sum(sample.value for sample in samples) / len(samples)
