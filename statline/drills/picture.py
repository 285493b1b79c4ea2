"""A drill as a picture: how long notifications took, lane by lane, and above it who was told what."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from statline.contract.words import Priority
from statline.drills.errors import PictureError
from statline.drills.play import Minute, Played
from statline.drills.timeline import Line, timeline

_COLOURS = {Priority.STAT: "#c0392b", Priority.URGENT: "#d68910", Priority.ROUTINE: "#2471a3"}
_WHO = {"page": "#922b21", "ticket": "#7d6608", "outside": "#6c3483", "in reality": "#566573"}
_SHADE = "#f5b7b1"
_MOST_MARKS = 14
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_FLOOR = 0.1


def draw(played: Played, file: Path) -> None:
    """Write the picture as PNG. Raises PictureError where there is no matplotlib, or the file cannot be written."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - a development dependency: needed for pictures only
    except ModuleNotFoundError as cause:
        raise PictureError(
            "A picture needs matplotlib, which is not installed here; a checkout's environment has it (make test makes"
            " it). The drill itself runs without --picture."
        ) from cause
    figure = Figure(figsize=(11.5, 7.0), layout="constrained")
    marks, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [1.1, 1.6]})
    unit, word = _unit(played)
    _latency(below, played, unit)
    _marks(marks, played, unit)
    for panel in (marks, below):
        _shade(panel, played, unit)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    below.set_xlabel(f"{word} after the start")
    below.set_ylabel("a provider had it after ... s\n(90 % of a minute's)")
    figure.suptitle(f"{played.incident.title}  ·  {played.region}", x=0.02, ha="left", fontsize=13)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, dpi=110)
    except OSError as cause:
        raise PictureError(f"{file}: the picture cannot be written: {cause}") from cause


def _unit(played: Played) -> tuple[float, str]:
    lasts = played.incident.lasts
    if lasts <= 6 * _HOUR:
        return _MINUTE, "minutes"
    return (_HOUR, "hours") if lasts <= 2 * _DAY else (_DAY, "days")


def _latency(panel: Any, played: Played, unit: float) -> None:
    for lane, colour in _COLOURS.items():
        points = _thinned(played.latency[lane])
        panel.plot(
            [(point.at - played.start) / unit for point in points],
            [max(point.seconds, _FLOOR) for point in points],
            color=colour,
            label=lane.value,
            linewidth=1.4,
        )
    panel.set_yscale("log")
    low, high = panel.get_ylim()
    panel.set_ylim(min(low, 0.3), max(high, 12.0))
    panel.grid(visible=True, which="major", alpha=0.25)
    panel.legend(loc="upper right", framealpha=0.9)
    panel.set_xlim((played.settled - played.start) / unit, (played.end - played.start) / unit)


def _thinned(minutes: Sequence[Minute]) -> Sequence[Minute]:
    """Not more points than a picture shows; of each stretch the slowest, because that is what matters."""
    stretch = len(minutes) // 1500 + 1
    return [
        max(minutes[start : start + stretch], key=lambda one: one.seconds) for start in range(0, len(minutes), stretch)
    ]


def _marks(panel: Any, played: Played, unit: float) -> None:
    lines = [line for line in timeline(played, children=False) if line.who in _WHO]
    shown = lines[:_MOST_MARKS]
    for row, line in enumerate(shown):
        _mark(panel, line, row, unit, left=line.after > played.incident.lasts * 0.55)
    if len(lines) > len(shown):
        panel.text(0.99, 0.02, f"and {len(lines) - len(shown)} more", transform=panel.transAxes, ha="right", fontsize=8)
    panel.set_ylim(max(len(shown), 3) - 0.3, -0.7)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    if not shown:
        panel.text(0.5, 0.5, "nothing was said", transform=panel.transAxes, ha="center", va="center", color="#566573")


def _mark(panel: Any, line: Line, row: int, unit: float, *, left: bool) -> None:
    colour, at = _WHO[line.who], line.after / unit
    panel.axvline(at, color=colour, alpha=0.25, linewidth=0.8)
    panel.plot([at], [row], marker="v" if line.who != "in reality" else "o", color=colour, markersize=7)
    panel.annotate(
        f"{str(line).split()[0]}  {line.who}: {line.text}",
        (at, row),
        textcoords="offset points",
        xytext=(-9 if left else 9, 0),
        ha="right" if left else "left",
        va="center",
        fontsize=8.5,
        color=colour,
        bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.0},
    )


def _shade(panel: Any, played: Played, unit: float) -> None:
    shaded = played.incident.shaded
    if shaded is not None:
        panel.axvspan(
            shaded[0] / unit, min(shaded[1], played.incident.lasts) / unit, color=_SHADE, alpha=0.3, linewidth=0
        )
