"""What a drill says at its end: what happened, who was told when, and whether it went as it must."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from statline.drills.play import Played
from statline.drills.timeline import Line, first_page, timeline
from statline.drills.verdict import Fault, clock, faults


@dataclass(frozen=True, slots=True)
class Report:
    """The words. story: paragraphs; lines: in time; verdict: one sentence; faults: what was not as it must be."""

    title: str
    story: Sequence[str]
    lines: Sequence[Line]
    verdict: str
    faults: Sequence[Fault]


def report_of(played: Played) -> Report:
    """The report of an incident that was played."""
    lines, found = timeline(played), faults(played)
    return Report(played.incident.title, tuple(_story(played)), lines, _verdict(played, lines, found), found)


def _story(played: Played) -> Iterator[str]:
    incident, reality = played.incident, played.incident.reality
    yield incident.what.strip()
    if reality is not None:
        known = f"known after {_words(reality.known_after)}" if reality.known_after is not None else ""
        lasted = f"over after {_words(reality.lasted)}" if reality.lasted is not None else ""
        times = "; ".join(part for part in (known, lasted) if part)
        yield f"In reality ({reality.when}): {reality.what.strip()} {f'[{times}] ' if times else ''}({reality.source})"
    slowest = ", ".join(
        f"{lane} {max(one.seconds for one in minutes):.1f} s" for lane, minutes in played.latency.items() if minutes
    )
    yield f"The slowest minute of each lane (90 % within): {slowest}."


def _verdict(played: Played, lines: Sequence[Line], found: Sequence[Fault]) -> str:
    page, reality = first_page(lines), played.incident.reality
    heard = f"Somebody was woken at {clock(page.after)}" if page else "Nobody was woken"
    if page is not None and reality is not None and reality.known_after is not None:
        heard += f"; in reality it took {_words(reality.known_after)}"
    return f"{heard}. " + ("It went as it must." if not found else f"It did NOT go as it must: {len(found)} fault(s).")


def _words(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{rest} s" if rest else ""]
    return " ".join(part for part in parts if part) or "0 s"
