"""A queue that nobody works off wakes somebody within a minute or so, while the cloud runs as it is."""

from concurrent.futures import Future

from statline.contract.words import DeliveryState
from tests.e2e.drilling import PAGE, SPOKEN_WITHIN, STATS, Drilled

LONGEST = 900.0
"""Seconds until the drill is over, which begins after the backups."""


def test_a_stuck_consumer_of_stat_pushes_pages_on_call_and_loses_nothing(drilled: "Future[Drilled]") -> None:
    found = drilled.result(LONGEST)
    assert found.page.topic == PAGE
    assert found.seconds < SPOKEN_WITHIN
    assert [history[-1] for history in found.histories] == [DeliveryState.ACCEPTED] * STATS
