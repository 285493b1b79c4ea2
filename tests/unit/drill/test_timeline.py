"""A drill's course in words, and its bars in the picture."""

from pathlib import Path

import pytest

from local.drill.live.hearing import Heard
from local.drill.live.picture import bars, draw
from local.drill.live.timeline import timeline
from local.drill.measuring import clock
from local.drill.region import PAGE
from local.on_call import OK
from tests.unit.drill.runs import GOOD, IMPAIRED, STALLED, run, seen, word


def test_the_timeline_tells_each_thing_once_with_its_moment_and_its_topic() -> None:
    assert [str(line) for line in timeline(run())] == [
        "t+00:00                   it begins: something happens",
        f"t+00:40  (seen)           {STALLED}",
        f"t+00:45  {PAGE}    {IMPAIRED}",
        "t+01:40                   it is over",
        f"t+01:50  (seen)           {STALLED} rests",
        f"t+02:00  {PAGE}    {IMPAIRED} rests",
    ]


def test_an_alarm_that_rests_and_never_spoke_is_not_told() -> None:
    heard = Heard(words=(word(5, "Statline is new", OK), word(7, "Statline is old", OK)), speaking=("Statline is old",))
    assert [line.text for line in timeline(run(heard)) if line.where] == ["Statline is old rests"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "t+00:00"), (59.6, "t+01:00"), (-7, "t-00:07"), (-0.2, "t+00:00"), (605, "t+10:05")]
)
def test_a_moment_is_said_in_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_an_alarm_has_a_bar_for_each_time_it_spoke_and_goes_on_to_the_end_where_it_does_not_rest() -> None:
    heard = Heard(words=(word(45),), changes=(*seen(STALLED, 10, 20), *seen(STALLED, 40), *seen(IMPAIRED, 44, 50)))
    found = [(bar.alarm, bar.begin, bar.end, bar.topics) for bar in bars(run(heard))]
    assert found == [
        (STALLED, 110, 120, frozenset()),
        (STALLED, 140, 300, frozenset()),
        (IMPAIRED, 144, 150, frozenset({PAGE})),
    ]


@pytest.mark.parametrize("heard", [GOOD, Heard()], ids=["alarms", "none"])
def test_the_picture_is_drawn(tmp_path: Path, heard: Heard) -> None:
    draw(run(heard), tmp_path / "below" / "drill.png")
    assert (tmp_path / "below" / "drill.png").read_bytes().startswith(b"\x89PNG")
