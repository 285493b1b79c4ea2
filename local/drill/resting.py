"""The alarms' rest: before a drill begins nothing may speak, or what it makes speak could not be heard."""

import time
from collections.abc import Collection

from local.cloud.progress import step
from local.drill.region import Region
from local.on_call import OnCall

_RESTS_WITHIN = 420.0
"""Seconds. An alarm on what clinicians feel rests five minutes after the last bad figure."""


def await_rest(
    region: Region, on_call: OnCall, *, known: Collection[str] = (), only: Collection[str] = ()
) -> list[str]:
    """Wait until no alarm speaks, or none of `only`, and answer those that still do when the time is over.

    known: alarms that must be known to be at rest, too: those that the drill is about.
    """
    end = time.monotonic() + _RESTS_WITHIN
    with step("Wait for the alarms to rest") as report:
        while (speaking := [name for name in region.speaking() if not only or name in only]) or (
            known and not region.rests(known)
        ):
            if time.monotonic() > end:
                break
            report(f"{len(speaking)} speak, {speaking[0]!r} is one" if speaking else "no figures yet")
            on_call.listen()
    return speaking


def _speaking(region: Region, only: Collection[str]) -> list[str]:
    return [name for name in region.speaking() if not only or name in only]
