"""How long the parts of a live drill last: for their time, and then for what must be heard in them."""

from local.drill.live.hearing import Heard
from local.drill.live.judging import unheard, unrested
from local.drill.live.plan import Drill


def goes_on(drill: Drill, heard: Heard, *, began: float, now: float) -> bool:
    """Whether the disturbance goes on: its time is not over, or something may still speak in time (epoch seconds)."""
    latest = max((one.within for one in unheard(drill.must, heard, began)), default=0.0)
    return now - began < max(drill.lasts, latest)


def is_watched(drill: Drill, heard: Heard, *, seconds: float, ended: float, now: float) -> bool:
    """Whether what comes after is watched on: for so many seconds, and then until all that spoke rests."""
    loud = bool(unrested(drill.must, heard))
    return now - ended < (max(seconds, drill.rests_within) if loud else seconds)
