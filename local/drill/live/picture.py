"""A live drill as a picture: above, what clinicians wait for a notification; below, each alarm from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from local.drill.live.judging import Run
from local.drill.measuring import Moment
from local.drill.painting import LANES, SHADE, WOKEN, dots, pages, without_frame
from local.drill.region import PAGE
from local.on_call import ALARM

_TICKET, _SEEN = "#d68910", "#aab7b8"
_WIDTH, _HEIGHT, _A_BAR = 11.0, 5.0, 0.28
_NONE = "no alarm spoke"


@dataclass(frozen=True, slots=True)
class Bar:
    """An alarm from when to when (epoch seconds); topics: those that said so."""

    alarm: str
    begin: float
    end: float
    topics: frozenset[str]

    @property
    def colour(self) -> str:
        """Red where somebody was woken, amber for a ticket, grey where nobody was told."""
        return WOKEN if PAGE in self.topics else _TICKET if self.topics else _SEEN


def draw(run: Run, file: Path) -> None:
    """Write the picture as PNG."""
    found = bars(run)
    below = _A_BAR * max(len(found), 2) + 0.6
    figure = Figure(figsize=(_WIDTH, _HEIGHT + below), layout="constrained")
    above, beneath = figure.subplots(2, 1, sharex=True, height_ratios=[_HEIGHT, below])
    _deliveries(above, run)
    _alarms(beneath, run, found)
    for panel in (above, beneath):
        during = run.span(Moment.DURING)
        panel.axvspan(0, during.end - run.began, color=SHADE, alpha=0.35, linewidth=0, zorder=0)
        without_frame(panel)
    above.set_xlim(run.span(Moment.BEFORE).begin - run.began, run.span(Moment.AFTER).end - run.began)
    above.set_title(f"{run.drill.name}: {run.drill.title}")
    beneath.set_xlabel("seconds after it began")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)


def bars(run: Run) -> list[Bar]:
    """Each time an alarm spoke, in the order of their beginnings."""
    end = run.span(Moment.AFTER).end
    found = []
    for change in run.heard.changes:
        if change.speaks:
            later = (c.at for c in run.heard.changes if c.alarm == change.alarm and not c.speaks and c.at > change.at)
            over = min(later, default=end)
            found.append(Bar(change.alarm, change.at, over, _topics(run, change.alarm)))
    return sorted(found, key=lambda bar: bar.begin)


def _topics(run: Run, alarm: str) -> frozenset[str]:
    return frozenset(word.topic for word in run.heard.words if word.alarm == alarm and word.state == ALARM)


def _deliveries(panel: Any, run: Run) -> None:
    for lane, colour in LANES.items():
        points = [
            (one.at - run.began, one.seconds * 1e3) for one in run.taken if one.lane is lane and one.seconds is not None
        ]
        dots(panel, points, colour, lane.value)
    panel.set_yscale("log")
    panel.set_ylabel("a notification was on a phone after ... ms")
    pages(panel, run.heard.words, run.began)
    panel.legend(loc="upper right", markerscale=2.5, framealpha=0.9)


def _alarms(panel: Any, run: Run, found: Sequence[Bar]) -> None:
    names = list(dict.fromkeys(bar.alarm for bar in found)) or [_NONE]
    for bar in found:
        row = names.index(bar.alarm)
        panel.barh(row, bar.end - bar.begin, left=bar.begin - run.began, height=0.55, color=bar.colour, zorder=2)
    panel.set_yticks(range(len(names)), [name.removeprefix("Statline ") for name in names], fontsize=8)
    panel.set_ylim(len(names) - 0.4, -0.6)
