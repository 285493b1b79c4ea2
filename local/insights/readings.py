"""What a server and its host say at one moment. Figures are made of two such readings and the samples in between."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from local.insights import host
from local.insights.host import Work

# pg_stat_io counts what a session did when its transaction ends; for numbers of operations it is the second choice.
_COUNTERS = """
SELECT coalesce(sum(reads), 0)::bigint AS reads,
       coalesce(sum(read_time), 0)::float8 / 1000 AS read_seconds,
       (coalesce(sum(writes), 0) + coalesce(sum(extends), 0))::bigint AS writes,
       (coalesce(sum(write_time), 0) + coalesce(sum(extend_time), 0))::float8 / 1000 AS write_seconds,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()) AS connections,
       (SELECT coalesce(sum(pg_catalog.pg_database_size(oid)), 0)::bigint FROM pg_catalog.pg_database) AS used_bytes,
       (SELECT coalesce(sum(size), 0)::bigint FROM pg_catalog.pg_ls_waldir()) AS log_bytes,
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN
         extract(epoch FROM now() - pg_catalog.pg_last_xact_replay_timestamp())::float8 END AS lag_seconds,
       pg_catalog.current_setting('data_directory') AS data_directory
  FROM pg_catalog.pg_stat_io
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Counters since the server's start, and what is true now. What a machine does not tell is None.

    at: seconds of a clock that only runs forward. lag_seconds: since the last transaction that a replica replayed.
    used_bytes: of all databases and the write-ahead log.
    """

    at: float
    reads: int
    read_seconds: float
    writes: int
    write_seconds: float
    connections: int
    used_bytes: int
    lag_seconds: float | None
    work: Work | None
    free_disk: int | None
    free_memory: int | None


async def read(connection: AsyncConnection[Any]) -> Reading:
    """Read everything now. Raises psycopg's errors when the server does not answer."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_COUNTERS)
        row = await cursor.fetchone()
    if row is None:
        raise AssertionError("an aggregate has one row")
    directory = Path(row["data_directory"])
    return Reading(
        at=time.monotonic(),
        reads=row["reads"],
        read_seconds=row["read_seconds"],
        writes=row["writes"],
        write_seconds=row["write_seconds"],
        connections=row["connections"],
        used_bytes=row["used_bytes"] + row["log_bytes"],
        lag_seconds=row["lag_seconds"],
        work=host.work_of(directory),
        free_disk=host.free_disk(directory),
        free_memory=host.free_memory(),
    )
