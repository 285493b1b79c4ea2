"""A drill as a picture: how long notifications took, lane by lane, and above it who was told what."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from statline.contract.words import Priority
from statline.drills.errors import PictureError
from statline.drills.felt import Minute
from statline.drills.play import Played
from statline.drills.timeline import Line, timeline

_COLOURS = {Priority.STAT: "#c0392b", Priority.URGENT: "#d68910", Priority.ROUTINE: "#2471a3"}
_WHO = {"page": "#922b21", "ticket": "#7d6608", "outside": "#6c3483", "in reality": "#566573"}
_SHADE = "#f5b7b1"
_MOST_MARKS = 14
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_FLOOR, _WORTH_SEEING = 0.3, 8.0
"""Seconds: below the one nothing is drawn, and what waits less than the other only is under way."""


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
    below.set_ylabel("seconds")
    figure.legend(*below.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=9)
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
        accepted = _path(played.latency[lane], played, unit)
        waiting = _path([one for one in played.outstanding[lane] if one.seconds > _WORTH_SEEING], played, unit)
        panel.plot(*accepted, color=colour, label=f"{lane.value}: accepted after (90 %)", linewidth=1.4)
        panel.plot(*waiting, color=colour, label=f"{lane.value}: the oldest waits", linewidth=1.1, linestyle=":")
    panel.set_yscale("log")
    low, high = panel.get_ylim()
    panel.set_ylim(max(low, _FLOOR), max(high, 12.0))
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.grid(visible=True, which="major", alpha=0.25)
    panel.set_xlim((played.settled - played.start) / unit, (played.end - played.start) / unit)


def _path(minutes: Sequence[Minute], played: Played, unit: float) -> tuple[list[float], list[float]]:
    points = _thinned(minutes)
    return [(point.at - played.start) / unit for point in points], [max(point.seconds, _FLOOR) for point in points]


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
        _mark(
            panel, line, row, min(line.after, played.incident.lasts) / unit, left=line.after > played.incident.lasts / 2
        )
    if len(lines) > len(shown):
        panel.text(0.99, 0.02, f"and {len(lines) - len(shown)} more", transform=panel.transAxes, ha="right", fontsize=8)
    panel.set_ylim(max(len(shown), 3) - 0.3, -0.7)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    if not shown:
        panel.text(0.5, 0.5, "nothing was said", transform=panel.transAxes, ha="center", va="center", color="#566573")


def _mark(panel: Any, line: Line, row: int, at: float, *, left: bool) -> None:
    colour = _WHO[line.who]
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
