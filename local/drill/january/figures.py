"""From single times to what is said of them: what was felt in each act, and what went otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.drill.january.clinic import Answer
from local.drill.january.plan import GONE, LEAST_SUFFERING_FACTOR, MOST_STEADY_FACTOR, STEADY, Act
from local.drill.measuring import Moment, Span, Spread, delivery, lost_fault, slower_fault, spread
from local.drill.traffic import Taken
from statline.contract.words import Priority


@dataclass(frozen=True, slots=True)
class Played:
    """An act as it was: its three spans, and what was said of it on the way."""

    act: Act
    spans: tuple[Span, Span, Span]
    notes: tuple[str, ...] = ()
    spoke: bool = True

    def span(self, moment: Moment) -> Span:
        """The span of a moment."""
        return next(span for span in self.spans if span.moment is moment)


def database(answers: Sequence[Answer], span: Span) -> Spread:
    """The primary's answers to the applications in a span."""
    return spread([answer.seconds for answer in answers if span.holds(answer.at)])


def faults(played: Played, taken: Sequence[Taken], answers: Sequence[Answer]) -> list[str]:
    """What did not go as the act expects; nothing where all did."""
    during, before = played.span(Moment.DURING), played.span(Moment.BEFORE)
    lanes = [(lane, delivery(taken, lane, before), delivery(taken, lane, during)) for lane in Priority]
    found = [lost_fault(lane, then) or slower_fault(lane, at_first, then) for lane, at_first, then in lanes]
    at_rest, then = database(answers, before), database(answers, during)
    fault = _database_fault(played.act, at_rest, then)
    return [*filter(None, found), *([fault] if fault else []), *([] if played.spoke else ["on-call was not told"])]


def _database_fault(act: Act, before: Spread, during: Spread) -> str:
    if act.primary == GONE:
        return "the primary still answered" if during.count > before.count / 2 else ""
    factor = during.p95 / before.p95
    if act.primary == STEADY and not factor <= MOST_STEADY_FACTOR:
        return f"the primary's 95th percentile rose {factor:.1f} times"
    if act.primary != STEADY and not factor >= LEAST_SUFFERING_FACTOR:
        return f"the primary hardly suffered: its 95th percentile is {factor:.1f} times what it was"
    return ""
