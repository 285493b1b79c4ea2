"""Somebody dumps the primary until on-call has heard of it: the watch looks once a minute, the alarm a little later."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from local.databases.programs import account, programs
from local.databases.server import HOST, SUPERUSER
from local.on_call import Word
from tests.e2e.on_call import listening_to
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

PRIMARY, DATABASE = "statline-primary", "clinical"
WITHIN = 400.0
"""Seconds until the letter, and then the alarm: a minute each, where the machine has nothing else to do."""
_ALARM = "Statline backup on the primary"


@dataclass(frozen=True)
class Dumped:
    """What on-call was told of a dump, and from when until when it went on."""

    letter: Word
    began: datetime
    ended: datetime


def watch_a_dump(region: Region) -> Dumped:
    """Dump until the letter has come and the alarm speaks."""
    with listening_to(region, "statline-page") as letters:
        server = _server(region)
        began = datetime.now(UTC)
        with _dumping(server):
            letter = letters.wait(lambda word: "database user reports" in word.text, WITHIN, "the letter on the dump")
            await_value(lambda: _alarm(region) == "ALARM", WITHIN, f"the alarm {_ALARM}")
    return Dumped(letter, began, datetime.now(UTC))


def _server(region: Region) -> str:
    """How a client of libpq finds the primary, which holds enough that a dump of it takes a while."""
    (found,) = region.client("rds").describe_db_instances(DBInstanceIdentifier=PRIMARY)["DBInstances"]
    dsn = f"host={HOST} port={found['Endpoint']['Port']} dbname={DATABASE} user={SUPERUSER}"
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute("DROP TABLE IF EXISTS dumped_once")
        session.execute(
            "CREATE TABLE dumped_once AS SELECT n, repeat('x', 700) AS words FROM generate_series(1, 60000) n"
        )
        session.execute("DROP ROLE IF EXISTS reports")
        session.execute("CREATE ROLE reports LOGIN SUPERUSER")
    return dsn.replace(SUPERUSER, "reports")


@contextmanager
def _dumping(dsn: str) -> Iterator[None]:
    """pg_dump into a pipe that nobody reads: it goes on until it was seen.

    Of the one large table: a small one before it would fit into the pipe, and the session would be at rest.
    """
    command = account().as_command([str(programs() / "pg_dump"), "--table=dumped_once", dsn])
    dump = subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/")
    try:
        yield
        assert dump.poll() is None, "the dump ended by itself"
    finally:
        dump.kill()
        dump.communicate()


def _alarm(region: Region) -> str:
    found = region.client("cloudwatch").describe_alarms(AlarmNames=[_ALARM])["MetricAlarms"]
    return str(found[0]["StateValue"])
