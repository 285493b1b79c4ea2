"""One look at a server's sessions, as Performance Insights takes one a second."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

KEPT_SECONDS = 3600
CPU = "CPU"
_DISK = "IO"
_WORKS_FOR_A_CLIENT = {"client backend": "FOREGROUND", "parallel worker": "BACKGROUND"}
_SESSIONS = """
SELECT datname, usesysid, usename, application_name, host(client_addr) AS host, backend_type, state,
       wait_event_type, wait_event, query
  FROM pg_catalog.pg_stat_activity
 WHERE pid <> pg_catalog.pg_backend_pid()
   AND (state IN ('active', 'fastpath function call') OR wait_event_type = 'IO')
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A session at work: what it runs, for whom, and what it waits for (`CPU`: nothing)."""

    database: str
    user_id: str
    user: str
    application: str
    host: str
    kind: str
    wait_type: str
    wait: str
    statement: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The sessions at work in one second (of the epoch), and how many processes of the server waited for the disk.

    The latter counts those that work for no client too, like the checkpointer.
    """

    second: int
    sessions: tuple[Session, ...]
    waiting_for_disk: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """The samples of the last hour, oldest first."""

    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=KEPT_SECONDS))

    def add(self, sample: Sample) -> None:
        """Remember a sample; the oldest is forgotten."""
        self.samples.append(sample)

    def between(self, start: float, end: float) -> Sequence[Sample]:
        """The samples from `start` until just before `end` (seconds of the epoch), oldest first."""
        recent = takewhile(lambda sample: sample.second >= start, reversed(self.samples))
        return [sample for sample in recent if sample.second < end][::-1]


async def look(connection: AsyncConnection[Any], second: int) -> Sample:
    """Take a sample. Raises psycopg's errors when the server does not answer."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SESSIONS)
        return sample_of(second, await cursor.fetchall())


def sample_of(second: int, rows: Iterable[Mapping[str, Any]]) -> Sample:
    """Make a sample of rows of `pg_stat_activity`."""
    found = list(rows)
    working = [row for row in found if row["state"] and row["backend_type"] in _WORKS_FOR_A_CLIENT]
    disk = sum(row["wait_event_type"] == _DISK for row in found)
    return Sample(second, tuple(_session(row) for row in working), disk)


def _session(row: Mapping[str, Any]) -> Session:
    wait_type = row["wait_event_type"] or CPU
    return Session(
        database=row["datname"] or "",
        user_id=str(row["usesysid"] or ""),
        user=row["usename"] or "",
        application=row["application_name"] or "",
        host=row["host"] or "",
        kind=_WORKS_FOR_A_CLIENT[row["backend_type"]],
        wait_type=wait_type,
        wait=f"{wait_type}:{row['wait_event']}" if row["wait_event"] else CPU,
        statement=row["query"] or "",
    )
