"""Every incident of drills/ goes as its file says it must, at any second of a minute, in both regions."""

import pytest

from statline.drills.deployment import Deployment
from statline.drills.errors import TemplatesError
from statline.drills.play import hear, play
from statline.drills.reading import names_in, read_incident
from statline.drills.verdict import Fault, faults
from tests.unit.drills.conftest import DRILLS, Lives

_INCIDENTS = [name for name in names_in(DRILLS) if not name.startswith("healthy-")]
_AGREED = {
    "10-january-backup",
    "14-february-stale-connections",
    "2-march-connections",
    "provider-outage",
    "producer-storm",
    "provider-quota",
    "poison-message",
    "stuck-consumer",
    "silent-region",
}
_OF_ESCALATION = {
    "nobody-answers",
    "escalation-stalled",
    "escalation-slow",
    "answers-unheard",
    "receipts-missing",
    "provider-demoted-and-back",
    "forged-callbacks",
}
_SHARED = 1
"""The seed of the lives that other tests hear as well; it begins ten seconds after a minute's beginning."""


def test_the_agreed_incidents_are_there() -> None:
    assert set(_INCIDENTS) >= _AGREED | _OF_ESCALATION


@pytest.mark.parametrize("name", _INCIDENTS)
def test_an_incident_is_heard_as_it_must(name: str, canada: Deployment, lives: Lives) -> None:
    assert faults(hear(lives(name, _SHARED), canada.alarms)) == []


@pytest.mark.parametrize("name", _INCIDENTS)
def test_an_incident_is_heard_at_another_second_of_a_minute(name: str, canada: Deployment) -> None:
    """Ten seconds after its beginning, as lived above, and ten before its end: the moments between lie between."""
    assert _faults(name, canada, 5) == []


@pytest.mark.parametrize("name", sorted(_AGREED))
def test_an_incident_is_heard_where_the_database_is_only_watched(name: str, states: Deployment) -> None:
    assert _faults(name, states, 2) == []


def test_a_region_without_a_second_provider_has_no_drill_on_one(states: Deployment) -> None:
    with pytest.raises(TemplatesError, match=r"us-east-1 has no second provider"):
        play(read_incident("forged-callbacks", DRILLS), states)


def _faults(name: str, deployment: Deployment, seed: int) -> list[Fault]:
    return faults(play(read_incident(name, DRILLS), deployment, seed=seed))


def test_an_incident_is_the_same_with_the_same_seed(canada: Deployment) -> None:
    incident = read_incident("stuck-consumer", DRILLS)

    first, again, other = (play(incident, canada, seed=seed) for seed in (4, 4, 5))

    assert first.transitions == again.transitions
    assert first.latency == again.latency != other.latency
