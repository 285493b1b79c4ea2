"""A clinical database on a real primary and replica, and copies of it to restore, as the workflow would."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from functions.backup_checks.asking import LIMITS, PatientAsker
from functions.backup_checks.check import CheckCopy
from functions.backup_checks.facts import NoteFacts
from functions.backup_checks.settings import SqlCheck
from functions.core.adapters.backup.facts import BackupFacts
from functions.core.domain.backup.record import CheckRow, Moment
from functions.database.access import DatabaseAccess
from functions.database.sessions import Sessions
from local.cloud.processes import free_port
from local.databases.server import HOST, Server
from tests.postgres import Pair

BACKUP = "20260101t000001-abcd"
ROLE = "statline_backup"
ENOUGH = 600.0

SCHEMA = """
CREATE ROLE statline_backup LOGIN;
GRANT pg_read_all_data TO statline_backup;
CREATE SCHEMA "Ward 7";
CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, t text,
                    made_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE messages (id serial PRIMARY KEY, sender int NOT NULL REFERENCES users (id), receiver int,
                       body text CHECK (length(body) < 2000), sent_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX messages_by_sender ON messages (sender);
CREATE TABLE "Ward 7"."on ""call"" now" (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE pages (a int, b int, note text,
                    FOREIGN KEY (a, b) REFERENCES "Ward 7"."on ""call"" now" (a, b) MATCH FULL);
CREATE TABLE readings (day int, value int, sender int REFERENCES users (id)) PARTITION BY RANGE (day);
CREATE TABLE readings_1 PARTITION OF readings FOR VALUES FROM (0) TO (100);
CREATE TABLE readings_2 PARTITION OF readings FOR VALUES FROM (100) TO (200);
CREATE UNLOGGED TABLE scratch (a int);
CREATE SEQUENCE tickets;
CREATE MATERIALIZED VIEW daily AS SELECT count(*) FROM messages;
INSERT INTO users (name) SELECT 'person ' || n FROM generate_series(1, 200) n;
INSERT INTO messages (sender, body) SELECT 1 + n % 200, repeat('words ', 20) || n FROM generate_series(1, 3000) n;
INSERT INTO "Ward 7"."on ""call"" now" SELECT n, n FROM generate_series(1, 50) n;
INSERT INTO pages SELECT n, n, 'note' FROM generate_series(1, 50) n;
INSERT INTO readings SELECT n % 200, n, 1 + n % 200 FROM generate_series(1, 500) n;
INSERT INTO scratch VALUES (1);
SELECT setval('tickets', 700);
REFRESH MATERIALIZED VIEW daily;
"""


def run(server: Server, *statements: str, user: str | None = None) -> list[tuple[Any, ...]]:
    """Run statements on a server, and answer the last one's rows."""
    dsn = server.dsn() if user is None else server.dsn(user=user)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def access_to(server: Server) -> DatabaseAccess:
    """The function's access to a server, without TLS as on the laptop."""
    return DatabaseAccess(host=HOST, port=server.port, name="postgres", user=ROLE)


@contextmanager
def asker(server: Server, *, replica_only: bool, settings: dict[str, str] | None = None) -> Iterator[PatientAsker]:
    """Someone who asks a server as the function does."""
    with Sessions(access_to(server), application="backup-checks", replica_only=replica_only, limits=LIMITS) as sessions:
        yield PatientAsker(sessions, lambda: ENOUGH, settings)


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Backups:
    """A database with a replica, and where facts of it are kept."""

    pair: Pair
    facts: BackupFacts

    def note(self, moment: Moment) -> int:
        """Note what the replica holds, once it has followed the primary."""
        self.pair.catch_up()
        with asker(self.pair.replica, replica_only=True) as asking:
            return NoteFacts(lambda: asking, self.facts, now)(BACKUP, moment)

    @contextmanager
    def restored(self) -> Iterator[Server]:
        """A server of its own with what the replica holds now, running and promoted."""
        copy = Server(self.pair.primary.directory.parent / "copy", free_port())
        copy.clone(self.pair.replica)
        copy.start()
        try:
            yield copy
        finally:
            copy.remove()

    def check(self, copy: Server, *own: SqlCheck) -> tuple[CheckRow, ...]:
        """Check a copy as the function does."""
        with Sessions(access_to(copy), application="backup-checks", replica_only=False, limits=LIMITS) as sessions:
            ask = CheckCopy(lambda more: PatientAsker(sessions, lambda: ENOUGH, more), self.facts, own, now)
            return ask(BACKUP, BACKUP)

    def failing(self, copy: Server, *own: SqlCheck) -> dict[str, str]:
        """The names of the checks that fail, and what they say."""
        return failing(self.check(copy, *own))


def failing(rows: Sequence[CheckRow]) -> dict[str, str]:
    """The names of the rows that did not pass, and what they say."""
    return {row.name: row.words for row in rows if not row.passed}
