"""What is seen of alarms that nobody is told of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.drill.live.hearing import Hearing
from tests.unit.drill.runs import word

OLD, STALLED, SLOW = "Statline directory is old", "Statline stat push is stalled", "Statline stat push is slow"


@dataclass
class FakeRegion:
    """A region whose alarms speak so at one look after the other."""

    looks: Iterator[list[str]]

    def speaking(self) -> list[str]:
        return next(self.looks)


class FakeEars:
    """Hears one word."""

    def __init__(self) -> None:
        self.heard = [word(-60)]

    def listen(self) -> None:
        self.heard.append(word(5))


def hearing(*looks: list[str]) -> Hearing:
    region: Any = FakeRegion(iter(looks))
    ears: Any = FakeEars()
    return Hearing(region, ears)


def test_each_change_is_seen_once_and_what_spoke_before_is_known() -> None:
    found = hearing([OLD, STALLED], [OLD, SLOW, STALLED], [OLD])
    found.begin([OLD])
    for _ in range(3):
        found.listen()
    changes = [(change.alarm, change.speaks) for change in found.heard.changes]
    assert changes == [(STALLED, True), (SLOW, True), (SLOW, False), (STALLED, False)]
    assert found.heard.speaking == (OLD,)
    assert not found.heard.rests(OLD)
    assert found.heard.rests(STALLED)


def test_what_was_heard_before_the_drill_is_forgotten() -> None:
    found = hearing([])
    found.begin([])
    found.listen()
    assert [heard.at for heard in found.heard.words] == [105]
