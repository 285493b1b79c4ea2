"""Real PostgreSQL servers for tests: a primary and its streaming replica, in a folder that goes with the test."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.cloud.processes import free_port, wait_until
from local.databases.server import Server

_PATIENCE = 20.0


@dataclass(frozen=True)
class Pair:
    """A primary and the replica that follows it."""

    primary: Server
    replica: Server

    def catch_up(self) -> None:
        """Wait until the replica has replayed what the primary has written."""
        written = self.primary.ask("SELECT pg_current_wal_lsn()")
        replayed = f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"
        if not wait_until(lambda: self.replica.ask(replayed) == "t", _PATIENCE):
            raise AssertionError(f"the replica has not followed for {_PATIENCE:.0f} s")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the servers' account may enter; pytest's own are closed to others."""
    place = Path(tempfile.mkdtemp(prefix="statline-postgres-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def primary() -> Iterator[Server]:
    """A running server, empty."""
    with folder() as place:
        server = Server(place / "primary", free_port())
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.remove()


@contextmanager
def pair() -> Iterator[Pair]:
    """A running primary with a streaming replica, empty."""
    with primary() as source:
        replica = Server(source.directory.parent / "replica", free_port())
        replica.clone(source, slot="replica")
        replica.start()
        try:
            yield Pair(source, replica)
        finally:
            replica.remove()
