"""A region's primary database: found by its tag, and filled with what the directory gets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import Connection, sql

from local.databases.server import HOST, SUPERUSER
from local.seed import clinical
from local.seed.loading import SeedError
from local.seed.people import DEMO_USER
from local.seed.rows import Row, Table, rows_of
from local.seed.tenants import Tenant
from statline.contract.directory import DirectoryChange

ROLE = {"Key": "statline:database-role", "Value": "primary"}
USUAL_MIB = 24
_CONNECT_WITHIN = 5
_NAME = "statline-seed"
_SCRIPTS = (
    ("statline.sql", "example_base.sql"),
    ("local.seed", "clinical.sql"),
    ("statline.sql", "directory_views.sql"),
    ("statline.sql", "roles.sql"),
    ("statline.sql", "break_glass_role.sql"),
)


@dataclass(frozen=True, slots=True)
class Primary:
    """Where a region's primary listens on this machine, and the name of its database."""

    region: str
    port: int
    database: str

    def fill(self, tenants: Sequence[Tenant], changes: Sequence[DirectoryChange], mib: int = USUAL_MIB) -> int:
        """Make what is not there yet and add the rows that are missing; answer how many. Raises `SeedError`.

        Rows that are there stay as they are. mib: how large the table of observations is to be.
        """
        try:
            with self._connected() as connection:
                _run_scripts(connection)
                added = sum(_add(connection, table, rows) for table, rows in rows_of(changes))
                return added + clinical.fill(connection, tenants, DEMO_USER, mib)
        except psycopg.Error as cause:
            raise SeedError(
                f"{self.region}: the primary on {HOST}:{self.port} could not be filled: {cause}\n"
                "Is it available (`aws rds describe-db-instances`)? Its log lies in .cloud/<name>/databases"
            ) from cause

    def _connected(self) -> Connection[Any]:
        # As the superuser, whom RDS gives to nobody: here it stands for the owner of the database.
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            dbname=self.database,
            application_name=_NAME,
            connect_timeout=_CONNECT_WITHIN,
        )


def primaries(region: str, described: Sequence[Mapping[str, Any]]) -> Iterator[Primary]:
    """The primaries in the answer to `DescribeDBInstances`: none where the deployment has no database."""
    for instance in described:
        if ROLE in instance.get("TagList", []) and instance.get("Endpoint"):
            yield Primary(region, instance["Endpoint"]["Port"], instance["DBName"])


def _run_scripts(connection: Connection[Any]) -> None:
    for package, name in _SCRIPTS:
        script = files(package).joinpath(name).read_text(encoding="utf-8")
        connection.execute(script.encode())


def _add(connection: Connection[Any], table: Table, rows: Sequence[Row]) -> int:
    """Copy the rows into a table of their own first, because COPY itself passes over nothing."""
    into, draft = sql.Identifier(table.name), sql.Identifier(f"seed_{table.name}")
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    connection.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {}) ON COMMIT DROP").format(draft, into))
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(draft, columns)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(
                into, columns, columns, draft
            )
        )
        return cursor.rowcount
