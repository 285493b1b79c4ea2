"""What did not go as a live drill expects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from local.drill.live.hearing import Heard
from local.drill.live.plan import Drill, Must
from local.drill.measuring import Moment, Span, delivery, lost_fault, slower_fault, spread
from local.drill.region import PAGE
from local.drill.traffic import Taken
from local.on_call import ALARM, Word
from statline.contract.words import Priority


@dataclass(frozen=True, slots=True)
class Run:
    """A drill as it was: its spans, what was heard, what became of each notification, what the disturbance saw.

    repeated: how many notifications came to a phone more than once. until_rest: all that spoke had the time to rest.
    """

    drill: Drill
    spans: tuple[Span, Span, Span]
    heard: Heard
    taken: Sequence[Taken]
    notes: Sequence[str] = ()
    faults: Sequence[str] = ()
    repeated: int = 0
    until_rest: bool = False

    def span(self, moment: Moment) -> Span:
        """The span of a moment."""
        return next(span for span in self.spans if span.moment is moment)

    @property
    def began(self) -> float:
        """When the disturbance began (epoch seconds)."""
        return self.span(Moment.DURING).begin


def faults(run: Run) -> list[str]:
    """What did not go as the drill expects; nothing where all did."""
    return [*run.faults, *_silences(run), *_idle_pages(run), *_losses(run), *_delays(run)]


def unheard(must: Sequence[Must], heard: Heard, began: float) -> list[Must]:
    """What must still speak."""
    return [one for one in must if heard.spoke(one, began) is None]


def unrested(must: Sequence[Must], heard: Heard) -> list[Must]:
    """What must still come to rest."""
    return [one for one in must if not heard.rests(one.alarm)]


def idle_pages(run: Run) -> list[Word]:
    """What woke on-call though nothing of the kind was going on."""
    known = (*(one.alarm for one in run.drill.must), *run.drill.may)
    return [
        word
        for word in run.heard.words
        if word.topic == PAGE
        and word.state in {ALARM, ""}
        and not any(fnmatchcase(word.title, pattern) for pattern in known)
    ]


def _silences(run: Run) -> Iterator[str]:
    for one in run.drill.must:
        at = run.heard.spoke(one, run.began)
        if at is None:
            yield _silence(one, run)
        elif at - run.began > one.within:
            yield f"{one.alarm!r} spoke after {at - run.began:.0f} s, and must within {one.within:.0f} s"
    for one in unrested(run.drill.must, run.heard) if run.until_rest else ():
        yield f"{one.alarm!r} does not rest"


def _silence(one: Must, run: Run) -> str:
    where = f" on {one.topic}" if one.topic else ""
    elsewhere = sorted(run.heard.topics_of(one.alarm, run.began) - {one.topic}) if one.topic else []
    already = " (it spoke before anything happened)" if one.alarm in run.heard.speaking else ""
    other = f" (it did on {', '.join(elsewhere)})" if elsewhere else ""
    return f"{one.alarm!r} did not speak{where}{already}{other}"


def _idle_pages(run: Run) -> Iterator[str]:
    for word in idle_pages(run):
        yield f"on-call was woken by {word.title!r}, which is not about this"


def _losses(run: Run) -> Iterator[str]:
    for lane in Priority:
        yield from filter(None, [lost_fault(lane, spread([one.seconds for one in run.taken if one.lane is lane]))])


def _delays(run: Run) -> Iterator[str]:
    """Steady lanes stay what they were; every lane is what it was once all is over."""
    before, during = run.span(Moment.BEFORE), run.span(Moment.DURING)
    for lane in Priority:
        at_first = delivery(run.taken, lane, before)
        if lane in run.drill.steady:
            yield from filter(None, [slower_fault(lane, at_first, delivery(run.taken, lane, during))])
        then = delivery(run.taken, lane, _settled(run))
        yield from (f"afterwards {fault}" for fault in filter(None, [slower_fault(lane, at_first, then)]))


def _settled(run: Run) -> Span:
    """The last part of what came after: as long as what was before."""
    before, after = run.span(Moment.BEFORE), run.span(Moment.AFTER)
    return Span(Moment.AFTER, max(after.begin, after.end - (before.end - before.begin)), after.end)
