"""An alarm that speaks of what is no trouble yet, or that nobody hears the end of, is as wrong as one that is late."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from pydantic import ValidationError

from statline.alarms.model import State, Transition
from statline.contract.words import Channel
from statline.drills.incident import Incident
from statline.drills.play import Played
from statline.drills.verdict import faults

_STALLED = "Statline routine push is stalled"
_START = 1_000_000.0


def _an_incident(**must: str) -> Incident:
    expected: Mapping[str, str] = {"alarm": "Statline routine {push,sms} is stalled", "by": "19m", **must}
    return Incident.model_validate(
        {"title": "Stuck", "what": "Nobody works.", "begins": "monday 10:00", "lasts": "1h", "must": [expected]}
    )


def _spoke(alarm: str, after: float, *told: str) -> Transition:
    return Transition(_START + after, alarm, State.OK, State.ALARM, "", told, suppressed=False)


def _rested(alarm: str, after: float, *told: str) -> Transition:
    return Transition(_START + after, alarm, State.ALARM, State.OK, "", told, suppressed=False)


def _played(incident: Incident, *said: Transition) -> Played:
    return Played(
        incident=incident, region="ca-central-1", channels=tuple(Channel), start=_START, settled=_START - 60,
        end=_START + 3600, transitions=said, in_alarm_before=frozenset(), in_alarm_after=frozenset(),
        latency={}, outstanding={}, outside_at=None,
    )  # fmt: skip


def test_an_alarm_that_speaks_before_it_may_is_a_fault() -> None:
    incident = _an_incident(not_before="15m")
    said = _played(incident, _spoke(_STALLED, 600.0), _spoke("Statline routine sms is stalled", 900.0))
    (fault,) = faults(said)
    assert (fault.about, fault.expected, fault.actual) == (_STALLED, "not before t+15:00", "at t+10:00")


def test_an_alarm_may_speak_at_any_time_where_nothing_is_said() -> None:
    incident = _an_incident()
    assert not faults(_played(incident, *(_spoke(must.alarm, 0.0) for must in incident.musts)))


def test_an_alarm_that_may_not_speak_in_time_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"not_before is later than by: Statline routine"):
        _an_incident(not_before="20m")


@pytest.mark.parametrize(("told", "wrong"), [(("statline-page",), False), (("statline-ticket",), True), ((), True)])
def test_whoever_was_told_of_trouble_is_told_that_it_is_over(told: tuple[str, ...], wrong: bool) -> None:
    incident = _an_incident(alarm=_STALLED, topic="page")
    found = faults(_played(incident, _spoke(_STALLED, 600.0, "statline-page"), _rested(_STALLED, 1200.0, *told)))
    assert [fault.expected for fault in found] == (["that it is over, told to page"] if wrong else [])


def test_an_alarm_that_only_loses_its_figures_tells_nobody_that_it_is_over() -> None:
    incident = _an_incident(alarm=_STALLED, topic="page")
    spoke = _spoke(_STALLED, 600.0, "statline-page")
    silent = Transition(_START + 1200, _STALLED, State.ALARM, State.INSUFFICIENT_DATA, "")
    (fault,) = faults(_played(incident, spoke, silent))
    assert (fault.expected, fault.actual) == ("that it is over, told to page", "at t+20:00 it had no figures any more")

    known = Transition(_START + 1500, _STALLED, State.INSUFFICIENT_DATA, State.OK, "", ("statline-page",))
    assert faults(_played(incident, spoke, silent, known)) == []


@pytest.mark.parametrize(
    ("through", "told", "actual"),
    [
        (("Statline routine delivery is impaired",), (), None),
        ((), ("statline-ticket",), None),
        ((), (), "it told nobody, and no other's rule names it"),
        (("Statline delivery is impaired",), (), "it told nobody, and Statline delivery is impaired did not speak"),
    ],
)
def test_what_an_alarm_sees_reaches_somebody(
    through: tuple[str, ...], told: tuple[str, ...], actual: str | None
) -> None:
    whole = _spoke("Statline routine delivery is impaired", 600.0, "statline-ticket")
    played = _played(_an_incident(alarm=_STALLED), _spoke(_STALLED, 600.0, *told), whole)

    found = faults(replace(played, heard_through={_STALLED: through}))

    assert [fault.actual for fault in found] == ([] if actual is None else [actual])
