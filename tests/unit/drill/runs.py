"""Runs of a live drill, made from tables: when which alarm spoke, on which topic, and what each notification took."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from local.drill.live.hearing import Change, Heard
from local.drill.live.judging import Run
from local.drill.live.plan import Drill, Must, Scene
from local.drill.measuring import Moment, Span
from local.drill.region import PAGE
from local.drill.traffic import Taken
from local.on_call import ALARM, OK, Word
from statline.contract.words import Priority

BEGAN, ENDED, END = 100.0, 200.0, 300.0
SPANS = (Span(Moment.BEFORE, 0, BEGAN), Span(Moment.DURING, BEGAN, ENDED), Span(Moment.AFTER, ENDED, END))
STALLED, IMPAIRED = "Statline stat push is stalled", "Statline stat delivery is impaired"
MUST = (Must(alarm=STALLED, within=60), Must(alarm=IMPAIRED, topic=PAGE, within=60))


@contextmanager
def nothing(_scene: Scene) -> Iterator[None]:
    """A disturbance that disturbs nothing."""
    yield


def drill(
    must: tuple[Must, ...] = MUST, may: tuple[str, ...] = (), steady: Iterable[Priority] = frozenset(Priority)
) -> Drill:
    return Drill(
        name="a-drill",
        title="something happens",
        expects="on-call hears of it",
        disturbance=nothing,
        lasts=10,
        must=must,
        may=may,
        steady=frozenset(steady),
    )


def word(at: float, alarm: str = IMPAIRED, state: str = ALARM, topic: str = PAGE) -> Word:
    return Word(BEGAN + at, topic, f"{state}: {alarm}", "{}", alarm, state)


def letter(at: float, subject: str) -> Word:
    return Word(BEGAN + at, PAGE, subject, "What: a dump.")


def seen(alarm: str, spoke: float, rested: float | None = None) -> list[Change]:
    changes = [Change(BEGAN + spoke, alarm, speaks=True)]
    return changes if rested is None else [*changes, Change(BEGAN + rested, alarm, speaks=False)]


def deliveries(during: float | None = 0.1, after: float | None = 0.1, lane: Priority | None = None) -> list[Taken]:
    """One a lane and second; of one lane, or all, slower or lost during and after."""
    return [
        Taken(each, at, _wait(at, during, after) if lane in {None, each} else 0.1)
        for each in Priority
        for at in range(int(END))
    ]


def _wait(at: float, during: float | None, after: float | None) -> float | None:
    return 0.1 if at < BEGAN else during if at < ENDED else after


GOOD = Heard(
    words=(word(45), word(120, state=OK)),
    changes=(*seen(STALLED, 40, 110), *seen(IMPAIRED, 44, 119)),
)
"""The alarm is seen, the composite alarm pages, and both rest."""


def run(
    heard: Heard = GOOD,
    played: Drill | None = None,
    taken: Sequence[Taken] | None = None,
    notes: Sequence[str] = (),
    faults: Sequence[str] = (),
) -> Run:
    return Run(played or drill(), SPANS, heard, deliveries() if taken is None else taken, notes, faults)
