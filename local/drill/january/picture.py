"""The drill as a picture: above, what clinicians wait for a notification; below, what they wait for the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from local.drill.january.clinic import Answer
from local.drill.january.figures import Played
from local.drill.measuring import Moment
from local.drill.painting import LANES, SHADE, dots, pages, without_frame
from local.drill.traffic import Taken
from local.on_call import Word

_DATABASE = "#566573"
_SIZE = (5.2, 6.4)


def draw(
    played: Sequence[Played], taken: Sequence[Taken], answers: Sequence[Answer], heard: Sequence[Word], file: Path
) -> None:
    """Write the picture as PNG: a column an act, its middle part shaded."""
    width, height = _SIZE
    figure = Figure(figsize=(width * len(played), height), layout="constrained")
    axes = figure.subplots(2, len(played), sharey="row", squeeze=False)
    for column, act in enumerate(played):
        above, below = axes[0][column], axes[1][column]
        _deliveries(above, act, taken)
        _answers(below, act, answers)
        start, end = _ends(act)
        pages(above, (word for word in heard if start <= word.at < end), start)
        for panel in (above, below):
            _frame(panel, act)
        above.set_title(act.act.title)
        below.set_xlabel("seconds")
    axes[0][0].set_ylabel("a notification reached its provider after ... ms")
    axes[1][0].set_ylabel("the primary answered after ... ms")
    axes[0][0].legend(loc="upper left", markerscale=2.5, framealpha=0.9)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)


def _deliveries(panel: Any, act: Played, taken: Sequence[Taken]) -> None:
    start, end = _ends(act)
    for lane, colour in LANES.items():
        points = [
            (one.at - start, one.seconds * 1e3)
            for one in taken
            if one.lane is lane and one.seconds is not None and start <= one.at < end
        ]
        dots(panel, points, colour, lane.value)


def _answers(panel: Any, act: Played, answers: Sequence[Answer]) -> None:
    start, end = _ends(act)
    points = [(one.at - start, one.seconds * 1e3) for one in answers if start <= one.at < end]
    dots(panel, points, _DATABASE, "")


def _frame(panel: Any, act: Played) -> None:
    start, end = _ends(act)
    during = act.span(Moment.DURING)
    panel.axvspan(during.begin - start, during.end - start, color=SHADE, alpha=0.35, linewidth=0)
    panel.set_yscale("log")
    panel.set_xlim(0, end - start)
    without_frame(panel)


def _ends(act: Played) -> tuple[float, float]:
    return act.span(Moment.BEFORE).begin, act.span(Moment.AFTER).end
