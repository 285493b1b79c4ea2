"""A drill in words: what was said when and to whom, beside what the incident took in reality."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from statline.alarms.model import State
from statline.drills.play import Played
from statline.drills.verdict import clock, topics_of

_OUTSIDE = "the dead-man's switch was not called: its owner tells on-call"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. after: seconds after the incident's start. who: whom it was told, or what it is. text: a sentence."""

    after: float
    who: str
    text: str

    def __str__(self) -> str:
        return f"{clock(self.after):>12}  {self.who:<10}  {self.text}"


def timeline(played: Played, *, children: bool = True) -> list[Line]:
    """The lines, in order. children: also alarms that tell nobody themselves, because a composite tells for them."""
    lines = [*_said(played, children=children), *_real(played), *_marks(played)]
    return sorted(lines, key=lambda line: line.after)


def _said(played: Played, *, children: bool) -> Iterator[Line]:
    for one in played.transitions:
        after, topics = one.at - played.start, sorted(topics_of(one))
        if one.after is State.ALARM and one.suppressed:
            yield Line(after, "held back", one.alarm)
        elif one.after is State.ALARM and (topics or children):
            yield Line(after, ", ".join(topics) or "alarm", one.alarm)
        elif one.before is State.ALARM and topics and not one.suppressed:
            yield Line(after, "over", one.alarm)
    if played.outside_at is not None:
        yield Line(played.outside_at - played.start, "outside", _OUTSIDE)


def _real(played: Played) -> Iterator[Line]:
    reality = played.incident.reality
    if reality is None:
        return
    if reality.known_after is not None:
        yield Line(reality.known_after, "in reality", "somebody knew")
    if reality.lasted is not None:
        yield Line(reality.lasted, "in reality", "it was over")


def _marks(played: Played) -> Iterator[Line]:
    shaded = played.incident.shaded
    if shaded is not None:
        begin, end = shaded
        yield Line(begin, "begins", played.incident.title)
        if end < played.incident.lasts:
            yield Line(end, "ends", "what was wrong is mended")


def first_page(lines: Sequence[Line]) -> Line | None:
    """The first thing that woke somebody."""
    return next((line for line in lines if line.who in {"page", "outside"} and line.after >= 0), None)
