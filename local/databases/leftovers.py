"""Servers whose cloud is gone: found by their data directories, and stopped.

`python -m local.databases.leftovers DIRECTORY` keeps watch for somebody: when its standard input ends, it stops every
server below the directory. Whoever holds the other end need not end well for that.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from local.databases.server import Server, ServerError

_STOPPED_WITHIN = 5.0
_MARK = "PG_VERSION"


def stop_all(directory: Path) -> int:
    """Stop every server whose data lies anywhere below the directory, and wait until they are gone.

    They are asked together, so that a replica need not wait for its primary; one that does not listen is killed.
    Returns how many ran. Nothing happens where the directory does not exist.
    """
    running = [server for server in _servers(directory) if server.is_running()]
    for server in running:
        server.ask_to_stop()
    for server in running:
        try:
            server.stop(within=_STOPPED_WITHIN)
        except ServerError as error:
            print(error, file=sys.stderr)
    return len(running)


def _servers(directory: Path) -> Iterator[Server]:
    for place, below, files in os.walk(directory):
        if _MARK in files:
            below.clear()
            yield Server(Path(place), 0)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    stop_all(Path(sys.argv[1]))
