"""Where drills are played: a laptop cloud of their own, warm, and gone afterwards."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.cloud import CloudError, stop
from local.cloud.bring_up import up
from local.cloud.environment import FIGURES_PERIOD
from local.cloud.lifecycle import PERIOD_VARIABLE, find
from local.cloud.progress import step
from local.drill.phones import Phones
from local.drill.region import Region
from local.drill.traffic import Traffic

NAME, PORT = "drill", 4866
"""A cloud of its own, far from the usual one's 4566, so that both can run."""
HASTY: Mapping[str, str] = {PERIOD_VARIABLE: "10", FIGURES_PERIOD: "10"}
"""Figures come more often than AWS publishes them: what is drilled is the alarms, and not AWS's delay."""
_WARM_WITHIN, _STEADY_FOR, _SETTLED = 120.0, 8.0, 1.0
_LOOKS_EVERY = 1.0


_NO_TIME = (
    "before anything was done to it, notifications still take more than {settled:.0f} s after {within:.0f} s of warming"
    " up: this machine has too little time to measure on. End what else works here, or start again when it is quiet"
)


@contextmanager
def own_cloud(*, keep: bool = False) -> Iterator[Region]:
    """The drill's region, of a cloud that runs already or is brought up; it is forgotten at the end, unless kept."""
    for variable, value in HASTY.items():
        os.environ.setdefault(variable, value)
    try:
        yield Region(up(NAME, port=PORT))
    finally:
        started = find(NAME)
        if started is not None and not keep:
            stop(started, forget=True)


def warm_up(traffic: Traffic, phones: Phones) -> None:
    """Functions start, and what waited for them is worked off: until what is sent arrives at once.

    Raises CloudError where that takes too long.
    """
    end = time.monotonic() + _WARM_WITHIN
    with step("Warm up") as report:
        traffic.begin()
        while not _settled(traffic, phones):
            if time.monotonic() > end:
                raise CloudError(_NO_TIME.format(settled=_SETTLED, within=_WARM_WITHIN))
            report(f"{len(traffic.sent)} sent")
            time.sleep(_LOOKS_EVERY)


def _settled(traffic: Traffic, phones: Phones) -> bool:
    """Whether everything that was sent in the last seconds, but the very last, has arrived, and soon."""
    now = time.time()
    recent = [one for one in list(traffic.sent) if now - _STEADY_FOR < one.at < now - _SETTLED]
    phones.look()
    taken = phones.taken(recent)
    return len(recent) >= _STEADY_FOR and all(one.seconds is not None and one.seconds < _SETTLED for one in taken)
