"""What a drill says: who was told when, against reality; and everything that was not as it must be."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from statline.alarms.model import State, Transition
from statline.contract.words import Channel, Priority
from statline.drills.errors import PictureError
from statline.drills.felt import Minute
from statline.drills.incident import Incident
from statline.drills.picture import draw
from statline.drills.play import Played
from statline.drills.report import report_of
from statline.drills.timeline import timeline
from statline.drills.verdict import clock, faults

_START = 1_767_600_000.0
_STALLED, _WHOLE = "Statline stat push is stalled", "Statline stat delivery is impaired"


def _incident(**changed: object) -> Incident:
    content: dict[str, Any] = {
        "title": "Nobody works",
        "what": "A consumer is stuck.",
        "reality": {
            "when": "10 January",
            "what": "All was late.",
            "known_after": "70m",
            "lasted": "90m",
            "source": "it",
        },
        "begins": "monday 10:00",
        "lasts": "2h",
        "changes": [{"until": "40m", "set": {"stage.push.stat.stopped": 1}}],
        "must": [{"alarm": _STALLED, "by": "1m", "rest_by": "45m"}, {"alarm": _WHOLE, "by": "1m", "topic": "page"}],
    }
    return Incident.model_validate(content | changed)


def _said(alarm: str, after: float, *told: str, suppressed: bool = False) -> Transition:
    return Transition(_START + after, alarm, State.OK, State.ALARM, "", told, suppressed=suppressed)


def _over(alarm: str, after: float, *told: str) -> Transition:
    return Transition(_START + after, alarm, State.ALARM, State.OK, "", told)


def _played(*said: Transition, incident: Incident | None = None) -> Played:
    minutes = [Minute(_START + 60 * count, 1.0) for count in range(-5, 120)]
    return Played(
        incident=incident or _incident(),
        region="ca-central-1",
        channels=tuple(Channel),
        start=_START,
        settled=_START - 300,
        end=_START + 7200,
        transitions=said,
        in_alarm_before=frozenset(),
        in_alarm_after=frozenset(),
        latency=dict.fromkeys(Priority, minutes),
        outstanding=dict.fromkeys(Priority, minutes),
        outside_at=None,
    )


_AS_IT_MUST = (
    _said(_STALLED, 50),
    _said(_WHOLE, 50, "statline-page"),
    _over(_STALLED, 2460),
    _over(_WHOLE, 2520, "statline-page"),
)


def test_what_went_as_it_must_has_no_fault() -> None:
    assert faults(_played(*_AS_IT_MUST)) == []


@pytest.mark.parametrize(
    ("said", "about", "expected", "actual"),
    [
        (_AS_IT_MUST[1:2], _STALLED, "by t+01:00", "it never spoke"),
        ((_said(_STALLED, 90), *_AS_IT_MUST[1:]), _STALLED, "by t+01:00", "at t+01:30"),
        ((_said(_STALLED, 50), _AS_IT_MUST[1]), _STALLED, "at rest by t+45:00", "still in ALARM at the end"),
        (
            (*_AS_IT_MUST[:1], _said(_WHOLE, 50, "statline-ticket"), _AS_IT_MUST[2]),
            _WHOLE,
            "by t+01:00, told to page",
            "at t+00:50 it told ticket",
        ),
        (
            (*_AS_IT_MUST, _said("Statline events are late", 600, "statline-page")),
            "Statline events are late",
            "no page but those that the incident names",
            "a page at t+10:00",
        ),
        ((_said(_STALLED, -60), *_AS_IT_MUST), _STALLED, "at rest before the incident begins", "it was in ALARM"),
    ],
)
def test_a_fault_says_what_was_expected_and_what_was(
    said: tuple[Transition, ...], about: str, expected: str, actual: str
) -> None:
    found = faults(_played(*said))

    assert [(fault.about, fault.expected) for fault in found] == [(about, expected)]
    assert found[0].actual.startswith(actual)


def test_a_page_that_is_held_back_or_allowed_is_no_fault() -> None:
    other = "Statline delivery is impaired"

    assert not faults(_played(*_AS_IT_MUST, _said(other, 60, suppressed=True)))
    assert not faults(_played(*_AS_IT_MUST, _said(other, 60, "statline-page"), incident=_incident(may=[other])))


def test_what_must_be_silent_may_not_even_come_into_alarm() -> None:
    incident = _incident(silent=["Statline urgent *"])

    (fault,) = faults(_played(*_AS_IT_MUST, _said("Statline urgent sms is slow", 600), incident=incident))
    assert (fault.expected, fault.actual) == ("silent", "in ALARM at t+10:00")


def test_slow_deliveries_are_a_fault_where_a_limit_is_given() -> None:
    slow = replace(
        _played(*_AS_IT_MUST, incident=_incident(slowest={"urgent": 10})),
        latency={lane: [Minute(_START + 300, 12.5)] for lane in Priority},
    )

    (fault,) = faults(slow)
    assert (fault.about, fault.actual) == ("urgent delivery", "12.5 s at t+05:00")


def test_a_dead_mans_switch_is_expected_and_otherwise_a_fault() -> None:
    told = replace(_played(*_AS_IT_MUST), outside_at=_START + 200)

    assert [fault.actual for fault in faults(told)] == ["silent, told at t+03:20"]
    assert not faults(replace(told, incident=_incident(outside_by="5m")))
    assert [fault.actual for fault in faults(replace(told, outside_at=None, incident=_incident(outside_by="5m")))] == [
        "never"
    ]


def test_what_must_speak_on_a_channel_that_the_region_lacks_is_not_expected() -> None:
    incident = _incident(must=[{"alarm": "Statline stat {push,voice} is stalled", "by": "1m"}])
    played = _played(_said(_STALLED, 50), _over(_STALLED, 600), incident=incident)

    assert len(faults(played)) == 1
    assert not faults(replace(played, channels=(Channel.PUSH, Channel.SMS)))


def test_the_timeline_tells_who_heard_what_beside_reality() -> None:
    lines = [str(line).split(maxsplit=1) for line in timeline(_played(*_AS_IT_MUST))]

    assert [(at, " ".join(rest.split())) for at, rest in lines] == [
        ("t+00:00", "begins Nobody works"),
        ("t+00:50", f"alarm {_STALLED}"),
        ("t+00:50", f"page {_WHOLE}"),
        ("t+40:00", "ends what was wrong is mended"),
        ("t+42:00", f"over {_WHOLE}"),
        ("t+70:00", "in reality somebody knew"),
        ("t+90:00", "in reality it was over"),
    ]


def test_the_verdict_compares_with_reality() -> None:
    report = report_of(_played(*_AS_IT_MUST))

    assert report.verdict == "Somebody was woken at t+00:50; in reality it took 1 h 10 min. It went as it must."
    assert "did NOT" in report_of(_played()).verdict


@pytest.mark.parametrize(
    ("seconds", "said"), [(35, "t+00:35"), (4200, "t+70:00"), (-90, "t-01:30"), (2 * 86_400 + 3660, "t+2d 01:01")]
)
def test_a_time_is_said_in_minutes_and_after_a_day_in_days(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    draw(_played(*_AS_IT_MUST), tmp_path / "new" / "drill.png")

    assert (tmp_path / "new" / "drill.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_silence_is_drawn(tmp_path: Path) -> None:
    draw(_played(incident=_incident(reality=None, changes=[], must=[])), tmp_path / "silent.png")

    assert (tmp_path / "silent.png").stat().st_size > 1000


def test_a_picture_without_its_library_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(PictureError, match="A picture needs matplotlib, which is not installed here"):
        draw(_played(), tmp_path / "drill.png")


def test_a_picture_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PictureError, match=r"drill.png: the picture cannot be written"):
        draw(_played(), tmp_path / "file" / "drill.png")
