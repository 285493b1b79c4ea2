"""How long a live drill goes on."""

import pytest

from local.drill.live.hearing import Heard
from local.drill.live.pacing import RESTS_WITHIN, Watch, goes_on, is_watched
from local.drill.live.plan import Must
from local.drill.region import PAGE
from tests.unit.drill.runs import BEGAN, ENDED, GOOD, IMPAIRED, STALLED, drill, seen, word

LATE = (Must(alarm=STALLED, within=60), Must(alarm=IMPAIRED, topic=PAGE, within=90))
ONE = Heard(changes=tuple(seen(STALLED, 5)))


@pytest.mark.parametrize(
    ("heard", "seconds", "expected"),
    [
        (GOOD, 9, True),
        (GOOD, 11, False),
        (Heard(), 89, True),
        (Heard(), 91, False),
        (ONE, 89, True),
        (Heard((word(5, STALLED),)), 61, True),
        (Heard((word(5),)), 59, True),
        (Heard((word(5),)), 61, False),
    ],
)
def test_a_disturbance_lasts_its_time_and_until_nothing_more_may_speak_in_time(
    heard: Heard, seconds: float, expected: bool
) -> None:
    assert goes_on(drill(must=LATE), heard, began=BEGAN, now=BEGAN + seconds) is expected


@pytest.mark.parametrize(
    ("heard", "seconds", "expected"),
    [
        (GOOD, 19, True),
        (GOOD, 21, False),
        (ONE, 21, True),
        (ONE, RESTS_WITHIN - 1, True),
        (ONE, RESTS_WITHIN + 1, False),
    ],
)
def test_what_comes_after_is_watched_until_all_that_spoke_rests_where_that_is_wished(
    heard: Heard, seconds: float, expected: bool
) -> None:
    watch = Watch(20, until_rest=True)
    assert is_watched(drill(must=LATE), heard, watch, ended=ENDED, now=ENDED + seconds) is expected


def test_what_comes_after_is_else_watched_for_its_time() -> None:
    assert not is_watched(drill(must=LATE), ONE, Watch(20), ended=ENDED, now=ENDED + 21)
