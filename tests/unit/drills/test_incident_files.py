"""An incident's file says what is wrong with it, where."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from statline.drills.errors import IncidentError
from statline.drills.incident import Incident
from statline.drills.levers import LEVERS, USUAL, matching
from statline.drills.reading import names_in, read_incident
from tests.unit.drills.conftest import DRILLS

_SOUND: dict[str, Any] = {
    "title": "A drill",
    "what": "Something happens.",
    "begins": "monday 10:00",
    "lasts": "30m",
    "changes": [{"until": "10m", "set": {"provider.fcm.down": 1}}],
    "must": [{"alarm": "Statline stat push is stalled", "by": "1m"}],
}


def _read(tmp_path: Path, **changed: object) -> Incident:
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(_SOUND | changed))
    return read_incident("one", tmp_path)


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    incident = _read(tmp_path)

    assert (incident.lasts, incident.weekday_and_time, incident.shaded) == (1800.0, (0, 36_000.0), (0.0, 600.0))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"begins": "someday 10:00"}, "begins: 'someday 10:00' is no weekday and time"),
        ({"lasts": "a while"}, "lasts: Value error, 'a while' is no time span; write it like 35s"),
        ({"changes": [{"set": {"provider.fmc.down": 1}}]}, "provider.fmc.down: there is no such lever that is turned"),
        ({"changes": [{"set": {"stage.push.stat.poison": 1}}]}, "there is no such lever that is turned"),
        ({"changes": [{"put_in": {"provider.fcm.down": 1}}]}, "there is no such lever that is put in once"),
        ({"changes": [{"set": {"function.push.errors": 3}}]}, "function.push.errors: 3 is not within 0 and 1"),
        ({"changes": [{"at": "5m", "until": "2m", "set": {}}]}, "until (120 s) must be later than at (300 s)"),
        ({"must": [{"alarm": "A", "by": "2h"}]}, "expected after the end of the drill (1800 s): A by 7200 s"),
        ({"must": [{"alarm": "A", "by": "1m", "topic": "mail"}]}, "must.0.topic"),
        ({"musts": []}, "musts: Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(IncidentError) as raised:
        _read(tmp_path, **changed)

    assert said in str(raised.value)
    assert str(tmp_path / "one.yaml") in str(raised.value)


def test_an_incident_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    _read(tmp_path)

    with pytest.raises(IncidentError, match=r"there is no such incident. In .* there are: one$"):
        read_incident("two", tmp_path)


def test_a_file_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    _read(tmp_path)

    assert read_incident(str(tmp_path / "one.yaml"), DRILLS).title == "A drill"


def test_choices_in_a_name_mean_each_alarm(tmp_path: Path) -> None:
    incident = _read(tmp_path, must=[{"alarm": "Statline {stat,urgent} {push,sms} is stalled", "by": "1m"}])

    assert [must.alarm for must in incident.musts] == [
        f"Statline {lane} {channel} is stalled" for lane in ("stat", "urgent") for channel in ("push", "sms")
    ]


def test_a_course_turns_levers_and_turns_them_back(tmp_path: Path) -> None:
    course = _read(tmp_path).course(1000.0)

    assert [course.levers(at)["provider.fcm.down"] for at in (990.0, 1000.0, 1590.0, 1600.0)] == [0, 1, 1, 0]


def test_a_lever_that_is_turned_along_moves_evenly(tmp_path: Path) -> None:
    changes = [{"until": "10m", "along": {"database.primary.storage": [0.4, 0.0]}}]
    course = _read(tmp_path, changes=changes).course(0.0)

    found = [course.levers(at)["database.primary.storage"] for at in (0.0, 300.0, 590.0, 600.0)]
    assert found == pytest.approx([0.4, 0.2, 0.4 * 10 / 600, USUAL["database.primary.storage"]])


def test_what_is_put_in_comes_once(tmp_path: Path) -> None:
    course = _read(tmp_path, changes=[{"at": "1m", "put_in": {"quarantine": 3}}]).course(0.0)

    arrived = [list(course.put_in(at, at + 10.0)) for at in (50.0, 60.0, 70.0)]
    assert arrived == [[], [("quarantine", 3.0)], []]


def test_every_drill_can_be_read_and_says_what_it_is_about() -> None:
    for name in names_in(DRILLS):
        incident = read_incident(name, DRILLS)
        assert incident.title
        assert len(incident.what) > 40, name


def test_what_happened_in_reality_has_a_source() -> None:
    told = [read_incident(name, DRILLS).reality for name in names_in(DRILLS)]

    assert sum(reality is not None for reality in told) >= 4
    assert all(len(reality.source) > 10 for reality in told if reality)


def test_every_lever_is_in_health_within_its_bounds() -> None:
    assert all(lever.least <= lever.usual <= lever.most for lever in LEVERS.values())
    assert matching("stage.[psv]*.stat.stopped") == [f"stage.{c}.stat.stopped" for c in ("push", "sms", "voice")]
