"""What the drills' pictures have in common."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.drill.region import PAGE
from local.on_call import ALARM, Word
from statline.contract.words import Priority

LANES: Mapping[Priority, str] = {Priority.STAT: "#c0392b", Priority.URGENT: "#d68910", Priority.ROUTINE: "#2471a3"}
WOKEN = "#c0392b"
SHADE = "#f5b7b1"
"""Of the time in which it happens."""
_DOTS: Mapping[str, Any] = {"s": 7, "alpha": 0.55, "linewidths": 0}


def dots(panel: Any, points: Sequence[tuple[float, float]], colour: str, label: str) -> None:
    """One dot a notification or an answer."""
    panel.scatter([x for x, _ in points], [y for _, y in points], color=colour, label=label, **_DOTS)


def pages(panel: Any, heard: Iterable[Word], began: float) -> None:
    """A line for each time on-call was woken; `began` is the panel's second 0 (epoch seconds)."""
    for word in heard:
        if word.topic == PAGE and word.state in {ALARM, ""}:
            panel.axvline(word.at - began, color=WOKEN, linewidth=1.2, linestyle="--")
            panel.annotate(
                "on-call is paged", (word.at - began, 1.0), xycoords=("data", "axes fraction"), rotation=90,
                xytext=(3, -4), textcoords="offset points", va="top", fontsize=8, color=WOKEN,
            )  # fmt: skip


def without_frame(panel: Any) -> None:
    """A faint grid, and no frame above and to the right."""
    panel.grid(visible=True, which="major", alpha=0.25)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
