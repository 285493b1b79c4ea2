"""Servers whose cloud is gone: found by their data directories, and stopped.

`python -m local.databases.leftovers DIRECTORY` keeps watch for somebody: when its standard input ends, it stops every
server below the directory. Whoever holds the other end need not end well for that.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from local.databases.server import Server

_STOPPED_WITHIN, _CUT_OFF_WITHIN = 4.0, 2.0
"""Seconds for all of them together, under the ten that a cloud's processes have to end."""
_POLL = 0.05
_MARK = "PG_VERSION"


def stop_all(directory: Path) -> int:
    """Stop every server whose data lies anywhere below the directory, and wait until they are gone.

    They are asked together, so that a replica need not wait for its primary. Those that take long are cut off as by a
    loss of power, which PostgreSQL recovers from, and at last killed. Returns how many ran; none where there is no such
    directory.
    """
    running = [server for server in _servers(directory) if server.is_running()]
    if not _gone(running, at_once=False, within=_STOPPED_WITHIN):
        _gone(running, at_once=True, within=_CUT_OFF_WITHIN)
    for server in running:
        server.kill()
    return len(running)


def _gone(servers: list[Server], *, at_once: bool, within: float) -> bool:
    """Ask the servers to stop, and say whether they have done so in time."""
    for server in servers:
        server.ask_to_stop(at_once=at_once)
    deadline = time.monotonic() + within
    while any(server.is_running() for server in servers):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def _servers(directory: Path) -> Iterator[Server]:
    for place, below, files in os.walk(directory):
        if _MARK in files:
            below.clear()
            yield Server(Path(place), 0)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    stop_all(Path(sys.argv[1]))
