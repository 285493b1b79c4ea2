"""A real server with a table worth dumping, people who dump it, and one who only works there."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import Connection

from local.databases.programs import programs
from local.databases.server import HOST, Server

ROLE = Path(__file__).parents[3] / "statline" / "sql" / "break_glass_role.sql"
DUMPER = "clinic_dba"
APPLICATION_USER = "clinic_app"
TABLE = "observations"
_WITHIN = 20.0


@dataclass(frozen=True)
class Ward:
    """The server and what a test asks of it."""

    server: Server

    def prepare(self) -> None:
        with self.superuser() as connection:
            connection.execute(f"CREATE ROLE {DUMPER} LOGIN")
            connection.execute(f"CREATE ROLE {APPLICATION_USER} LOGIN")
            connection.execute(ROLE.read_text())
            connection.execute(
                "CREATE TABLE observations AS"
                " SELECT n AS id, repeat('x', 400) AS note FROM generate_series(1, 60000) AS n"
            )
            connection.execute(f"GRANT SELECT ON {TABLE} TO {DUMPER}, {APPLICATION_USER}")

    def superuser(self) -> "Connection[tuple[object, ...]]":
        return psycopg.connect(self.server.dsn(), autocommit=True)

    def connect(self, user: str, application: str) -> "Connection[tuple[object, ...]]":
        return psycopg.connect(self.server.dsn(user=user), application_name=application, autocommit=True)

    def lives(self, pid: int) -> bool:
        with self.superuser() as connection:
            row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
        return row == (1,)

    @contextmanager
    def pg_dump(self, *options: str, named: str | None = None) -> Iterator[int]:
        """A pg_dump that nobody reads from: it is held in the middle of the table. Gives its session's process id."""
        command = [str(programs() / "pg_dump"), "-h", HOST, "-p", str(self.server.port), "-U", DUMPER]
        environment = {**os.environ, **({"PGAPPNAME": named} if named else {})}
        dump = subprocess.Popen(
            [*command, "-t", TABLE, *options, "postgres"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        try:
            yield self._session_of(
                f"application_name = '{named or 'pg_dump'}' AND query ~ '^(COPY|FETCH)' AND wait_event = 'ClientWrite'"
                if not options
                else f"application_name = '{named or 'pg_dump'}' AND query ~ '^FETCH' AND state <> 'active'"
            )
        finally:
            dump.kill()
            dump.communicate()

    @contextmanager
    def copy_out(self, application: str) -> Iterator[int]:
        """A `COPY ... TO STDOUT` of a program of somebody's own, which stops reading."""
        with self.connect(DUMPER, application) as connection:
            pid = connection.info.backend_pid
            connection.pgconn.send_query(b"/* nightly */ copy (SELECT * FROM observations) to stdout")
            self._session_of(f"pid = {pid} AND wait_event = 'ClientWrite'")
            yield pid
            connection.pgconn.finish()

    @contextmanager
    def at_work(self) -> Iterator["Connection[tuple[object, ...]]"]:
        """An innocent session in the middle of a transaction, as an application's are."""
        with self.connect(APPLICATION_USER, "ehr-orders") as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM observations WHERE note <> 'copy this to that'")
            yield connection

    def _session_of(self, condition: str) -> int:
        found: list[int] = []

        def look() -> bool:
            with self.superuser() as connection:
                rows = connection.execute(f"SELECT pid FROM pg_stat_activity WHERE {condition}").fetchall()  # noqa: S608
            found[:] = [int(str(row[0])) for row in rows]
            return len(found) == 1

        wait_until(look, condition)
        return found[0]


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _WITHIN
    while not true():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.02)


def options(server: Server, *, user: str = "statline_break_glass") -> Sequence[str]:
    """How the command is told where the server is."""
    return ("--region", "ca-central-1", "--host", HOST, "--port", str(server.port), "--user", user, "--no-tls")
