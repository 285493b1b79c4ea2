"""What the drills' pictures have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

from statline.contract.words import Priority

LANES: Mapping[Priority, str] = {Priority.STAT: "#c0392b", Priority.URGENT: "#d68910", Priority.ROUTINE: "#2471a3"}
SHADE = "#f5b7b1"
"""Of the time in which it happens."""
_DOTS: Mapping[str, Any] = {"s": 7, "alpha": 0.55, "linewidths": 0}


def dots(panel: Any, points: Sequence[tuple[float, float]], colour: str, label: str) -> None:
    """One dot a notification or an answer."""
    panel.scatter([x for x, _ in points], [y for _, y in points], color=colour, label=label, **_DOTS)


def without_frame(panel: Any) -> None:
    """A faint grid, and no frame above and to the right."""
    panel.grid(visible=True, which="major", alpha=0.25)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
