"""On good days nothing speaks: no page, no ticket, not even a part of what could become one."""

import pytest

from statline.drills.deployment import Deployment
from statline.drills.play import Played, play
from statline.drills.reading import read_incident
from statline.drills.verdict import faults
from tests.unit.drills.conftest import DRILLS


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


def test_a_good_monday_is_busier_than_its_night(canada: Deployment) -> None:
    """Silence is worth something only where there was something to hear."""
    history = _live("healthy-monday", canada, 15)

    assert len(history.latency["stat"]) > 8 * 55  # type: ignore[index]
    assert max(one.seconds for minutes in history.latency.values() for one in minutes) > 1.0
