"""How long the parts of a live drill last: for their time, and then for what must be heard in them."""

from dataclasses import dataclass

from local.drill.live.hearing import Heard
from local.drill.live.judging import unheard, unrested
from local.drill.live.plan import Drill

RESTS_WITHIN = 420.0
"""Seconds after the end. An alarm on what clinicians feel rests five minutes after the last bad figure."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How long is watched what comes after: for so many seconds, and, if it is wished, until all that spoke rests."""

    seconds: float
    until_rest: bool = False


def goes_on(drill: Drill, heard: Heard, *, began: float, now: float) -> bool:
    """Whether the disturbance goes on: its time is not over, or something may still speak in time (epoch seconds)."""
    latest = max((one.within for one in unheard(drill.must, heard, began)), default=0.0)
    return now - began < max(drill.lasts, latest)


def is_watched(drill: Drill, heard: Heard, watch: Watch, *, ended: float, now: float) -> bool:
    """Whether what comes after is watched on (epoch seconds)."""
    loud = watch.until_rest and unrested(drill.must, heard)
    return now - ended < (max(watch.seconds, RESTS_WITHIN) if loud else watch.seconds)
