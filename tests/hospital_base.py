"""A hospital's database for tests: the example base, the views and the roles of statline/sql on a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from functions.database.access import DatabaseAccess
from local.databases.server import HOST, SUPERUSER, Server
from tests.postgres import Pair, pair

SQL = Path(__file__).parents[1] / "statline" / "sql"
FILES = ("example_base.sql", "directory_views.sql", "roles.sql")
DATABASE = "clinical"
_PATIENCE = 10_000


@dataclass(frozen=True)
class Hospital:
    """A primary that its owner writes, and the replica that Statline reads."""

    servers: Pair

    @property
    def replica(self) -> DatabaseAccess:
        """The replica, as the reconcile comes to it."""
        return access(self.servers.replica)

    def run(self, statement: LiteralString, *parameters: Any) -> None:
        """Do something on the primary and wait until the replica has it."""
        with psycopg.connect(self.servers.primary.dsn(DATABASE), autocommit=True) as owner:
            owner.execute(statement, parameters or None)
        self.catch_up()

    def catch_up(self, replica: Server | None = None) -> None:
        """Wait until the replica, or another one, has replayed what the primary has written."""
        with psycopg.connect(self.servers.primary.dsn(DATABASE), autocommit=True) as owner:
            found = owner.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        assert found is not None
        with psycopg.connect((replica or self.servers.replica).dsn(), autocommit=True) as reader:
            for _ in range(_PATIENCE):
                done = reader.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", found).fetchone()
                if done == (True,):
                    return
                reader.execute("SELECT pg_sleep(0.001)")
        raise AssertionError("the replica did not catch up")

    def write_something(self) -> None:
        """Let the primary have a transaction to tell of."""
        with psycopg.connect(self.servers.primary.dsn(DATABASE), autocommit=True) as owner:
            owner.execute("UPDATE staff SET full_name = full_name WHERE id = 'u-0'")

    def promote(self) -> None:
        """Make the replica a primary of its own."""
        with psycopg.connect(self.servers.replica.dsn(), autocommit=True) as owner:
            owner.execute("SELECT pg_promote()")

    def empty(self) -> None:
        """Remove every row, and put back views and limits that a test changed."""
        with psycopg.connect(self.servers.primary.dsn(DATABASE), autocommit=True) as owner:
            owner.execute("TRUNCATE staff, staff_phone, care_team, rota")
            owner.execute(
                "DROP VIEW IF EXISTS statline_users, statline_contact_points, statline_teams, statline_shifts"
            )
        install(self.servers.primary, ("directory_views.sql", "roles.sql"))
        self.catch_up()

    def employ(self, *people: str, tenant: str = "northshore") -> None:
        """Add people with a phone each."""
        self.run(
            "INSERT INTO staff (tenant, id, full_name) SELECT %s, p, 'Person ' || p FROM unnest(%s::text[]) p",
            tenant, [*people],
        )  # fmt: skip
        self.run(
            "INSERT INTO staff_phone (tenant, staff_id, id, number) SELECT %s, p, 'mobile', '+14165550123'"
            " FROM unnest(%s::text[]) p", tenant, [*people],
        )  # fmt: skip

    def found_team(self, team: str, *on_shift: str, tenant: str = "northshore") -> None:
        """Add a team whose people are on shift now."""
        self.run("INSERT INTO care_team (tenant, id, title, roles) VALUES (%s, %s, %s, '{lead}')", tenant, team, team)
        now = datetime.now(UTC)
        hours = (now - timedelta(hours=4), now + timedelta(hours=4))
        self.run(
            "INSERT INTO rota (tenant, team_id, id, staff_id, role, starts_at, ends_at)"
            " SELECT %s, %s, 's-' || p, p, 'lead', %s, %s FROM unnest(%s::text[]) p", tenant, team, *hours, [*on_shift],
        )  # fmt: skip


def access(server: Server, user: str = "statline_directory") -> DatabaseAccess:
    """A server on loopback, as a function's settings would say it."""
    return DatabaseAccess(host=HOST, port=server.port, name=DATABASE, user=user)


def install(server: Server, files: tuple[str, ...] = FILES) -> None:
    """Run the files as the owner does."""
    with psycopg.connect(server.dsn(DATABASE)) as owner:
        for name in files:
            owner.execute((SQL / name).read_bytes())


@contextmanager
def a_hospital() -> Iterator[Hospital]:
    """A running pair with the example base, empty."""
    with pair() as servers:
        with psycopg.connect(servers.primary.dsn(user=SUPERUSER), autocommit=True) as owner:
            owner.execute(f"CREATE DATABASE {DATABASE}")
        install(servers.primary)
        hospital = Hospital(servers)
        hospital.catch_up()
        yield hospital
