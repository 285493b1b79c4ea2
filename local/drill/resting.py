"""The alarms' rest: before a drill begins nothing may speak, or what it makes speak could not be heard."""

import time
from collections.abc import Collection

from local.cloud.progress import step
from local.drill.on_call import OnCall
from local.drill.region import Region

_RESTS_WITHIN = 300.0
"""Seconds. A new region's canaries and figures begin within minutes; until then their silence is an alarm."""


def await_rest(
    region: Region, on_call: OnCall, *, known: Collection[str] = (), within: float = _RESTS_WITHIN
) -> list[str]:
    """Wait until no alarm speaks, and answer those that still do when the time (seconds) is over.

    known: alarms that must be known to be at rest, too: those that the drill is about.
    """
    end = time.monotonic() + within
    with step("Wait for the alarms to rest") as report:
        while (speaking := region.speaking()) or (known and not region.rests(known)):
            if time.monotonic() > end:
                break
            report(f"{len(speaking)} speak, {speaking[0]!r} is one" if speaking else "no figures yet")
            on_call.listen()
    return speaking
