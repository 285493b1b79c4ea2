"""A drill's course in words: what happened, what was heard through which topic, what was only seen."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.drill.live.judging import Run
from local.drill.measuring import Moment, clock
from local.on_call import ALARM, worth_telling

SEEN = "(seen)"
"""In the place of a topic: no message, a state that `statline status` and the console show."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. at: seconds after the disturbance began. where: a topic's name, `SEEN`, or empty."""

    at: float
    where: str
    text: str

    def __str__(self) -> str:
        return f"{clock(self.at)}  {self.where:<15}  {self.text}"


def timeline(run: Run) -> list[Line]:
    """The lines, in the order of time."""
    return sorted([*_acts(run), *_words(run), *_changes(run)], key=lambda line: line.at)


def _acts(run: Run) -> Iterator[Line]:
    during = run.span(Moment.DURING)
    yield Line(0.0, "", f"it begins: {run.drill.title}")
    yield Line(during.end - run.began, "", "it is over")


def _words(run: Run) -> Iterator[Line]:
    for word in worth_telling(run.heard.words, speaking=run.heard.speaking):
        rests = word.alarm and word.state != ALARM
        yield Line(word.at - run.began, word.topic, f"{word.title}{' rests' if rests else ''}")


def _changes(run: Run) -> Iterator[Line]:
    """The alarms that nobody is told of: a composite alarm speaks for them."""
    told = {(word.alarm, word.state == ALARM) for word in run.heard.words}
    for change in run.heard.changes:
        if (change.alarm, change.speaks) not in told:
            yield Line(change.at - run.began, SEEN, f"{change.alarm}{'' if change.speaks else ' rests'}")
