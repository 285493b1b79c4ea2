"""An alarm that speaks of what is no trouble yet is as wrong as one that is late."""

import pytest
from pydantic import ValidationError

from statline.alarms.model import State, Transition
from statline.contract.words import Channel
from statline.drills.incident import Incident
from statline.drills.play import Played
from statline.drills.verdict import faults

_STALLED = "Statline routine push is stalled"
_START = 1_000_000.0


def _an_incident(not_before: str) -> Incident:
    must = {"alarm": "Statline routine {push,sms} is stalled", "not_before": not_before, "by": "19m"}
    return Incident.model_validate(
        {"title": "Stuck", "what": "Nobody works.", "begins": "monday 10:00", "lasts": "1h", "must": [must]}
    )


def _played(incident: Incident, *spoke: tuple[str, float]) -> Played:
    said = [
        Transition(_START + after, alarm, State.OK, State.ALARM, "", (), suppressed=False) for alarm, after in spoke
    ]
    return Played(
        incident=incident, region="ca-central-1", channels=tuple(Channel), start=_START, settled=_START - 60,
        end=_START + 3600, transitions=said, in_alarm_before=frozenset(), in_alarm_after=frozenset(),
        latency={}, outstanding={}, outside_at=None,
    )  # fmt: skip


def test_an_alarm_that_speaks_before_it_may_is_a_fault() -> None:
    played = _played(_an_incident("15m"), (_STALLED, 600.0), ("Statline routine sms is stalled", 900.0))
    (fault,) = faults(played)
    assert (fault.about, fault.expected, fault.actual) == (_STALLED, "not before t+15:00", "at t+10:00")


def test_an_alarm_may_speak_at_any_time_where_nothing_is_said() -> None:
    incident = _an_incident("0s")
    assert not faults(_played(incident, *((must.alarm, 0.0) for must in incident.musts)))


def test_an_alarm_that_may_not_speak_in_time_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"not_before is later than by: Statline routine"):
        _an_incident("20m")
