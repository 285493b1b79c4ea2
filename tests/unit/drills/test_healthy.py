"""On good days nothing speaks: no page, no ticket, not even a part of what could become one."""

import pytest

from statline.drills.deployment import Deployment
from statline.drills.names import of_instance, ours
from statline.drills.play import Lived, Played, hear, play
from statline.drills.reading import read_incident
from statline.drills.verdict import faults
from tests.unit.drills.conftest import DRILLS, REGION, Lives

_SHARED = 1
"""The seed of the lives that other tests hear as well."""


def _played(name: str, deployment: Deployment, seed: int) -> Played:
    return play(read_incident(name, DRILLS), deployment, seed=seed)


@pytest.mark.parametrize(
    ("name", "seed"),
    [  # weekdays: the week has five
        ("healthy-night", _SHARED),
        ("healthy-night", 11),
        ("healthy-monday", _SHARED),
        ("healthy-monday", 11),
    ],
)
def test_nothing_is_said_on_a_good_day(name: str, seed: int, canada: Deployment, lives: Lives) -> None:
    played = hear(lives(name, seed), canada.alarms)

    assert faults(played) == []
    assert not [one for one in played.transitions if one.told]


def test_nothing_is_said_on_a_good_monday_where_the_database_is_only_watched(states: Deployment) -> None:
    assert faults(_played("healthy-monday", states, 13)) == []


@pytest.mark.timeout(600)
def test_nothing_is_said_in_a_good_week(canada: Deployment) -> None:
    assert faults(_played("healthy-week", canada, 14)) == []


def test_a_good_monday_is_busier_than_a_night(lives: Lives) -> None:
    """Silence is worth something only where there was something to hear."""
    assert _reads(lives("healthy-monday", _SHARED)) > 3 * _reads(lives("healthy-night", _SHARED))


def test_somebody_is_paged_a_second_time_on_a_good_monday(lives: Lives) -> None:
    """And no ladder's silence is worth anything, where nobody was ever paged a second time."""
    lived = lives("healthy-monday", _SHARED)
    late, overdue = (ours(name, REGION) for name in ("StepLateSeconds", "LaddersOverdue"))

    steps, sweeps = (lived.history.samples(key, lived.start, lived.end, float("inf")) for key in (late, overdue))

    assert len(steps) > 1
    assert len(sweeps) == lived.incident.lasts / 60


def _reads(lived: Lived) -> float:
    """What the primary reads a second, on average."""
    key = of_instance("ReadIOPS", lived.deployment.databases["primary"].identifier)
    samples = lived.history.samples(key, lived.start, lived.end, float("inf"))
    return sum(sample.value for sample in samples) / len(samples)
