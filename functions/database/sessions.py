"""Sessions with PostgreSQL: one at a time, none older than a minute, none that waits for ever, none that writes.

Two incidents are answered here. On 14 February services kept their connections across a change of the database and
spoke to a server that was no longer the one: here a connection that has lived its time is closed, and the new one
resolves the host again; one whose server does not answer is given up. On 2 March connections ran out: here there is
one, it is closed when its caller is done, and the role's CONNECTION LIMIT (statline/sql/roles.sql) holds if this fails.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg
from psycopg.sql import Composed

from functions.database.access import DatabaseAccess
from functions.database.errors import DatabaseUnavailableError, NotAReplicaError, not_answered, not_connected
from functions.database.giving_up import GivenUpAfter
from functions.database.sign_in import Password, password_for

Row = tuple[Any, ...]
_NOTHING: Sequence[object] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds.

    connect: until the server has let us in. statement, lock: the server ends what runs or waits longer. answer: beyond
    ``statement``, until a server that does not even end it is given up. idle: between two statements; the server
    then ends the session, which should not come to it: ``life`` is shorter. life: a connection older than this is
    replaced before its next statement.
    """

    connect: int = 5
    statement: float = 10.0
    lock: float = 2.0
    answer: float = 5.0
    idle: float = 90.0
    life: float = 60.0


USUAL = Limits()


class Sessions:
    """The sessions of one role with one server. Not for several threads.

    application: ends the name that the server's own views show, ``statline-<application>``. replica_only: refuse a
    server that is not in recovery. Restored copies are not, so their checks ask without it.
    """

    def __init__(
        self,
        access: DatabaseAccess,
        *,
        application: str,
        replica_only: bool,
        limits: Limits = USUAL,
        password: Password = password_for,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = access
        self._application = application
        self._replica_only = replica_only
        self._limits = limits
        self._password = password
        self._clock = clock
        self._connection: psycopg.Connection[Row] | None = None
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def server(self) -> str:
        """Where the sessions lead, for people: host, port, database and role."""
        access = self._access
        return f"{access.host}:{access.port}/{access.name} as {access.user}"

    def rows(self, statement: LiteralString | Composed, parameters: Sequence[object] = _NOTHING) -> list[Row]:
        """Run one statement in a transaction of its own, read-only, and answer its rows.

        Raises `DatabaseUnavailableError`, `StatementTimedOutError`, `NotAReplicaError`, `DatabaseRefusesError`,
        `StatementRefusedError`. The next call after any of them makes a new connection if it needs one.
        """
        connection = self._current()
        try:
            with self._watched(connection):
                # Without parameters a percent sign in the statement is one.
                return connection.execute(statement, parameters or None).fetchall()
        except psycopg.Error as cause:
            told = not_answered(self.server, cause)
            if isinstance(told, DatabaseUnavailableError):
                self.close()
            raise told from cause

    def close(self) -> None:
        """Close the connection, if there is one. The sessions can be used again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _current(self) -> psycopg.Connection[Row]:
        if self._connection is not None and self._clock() - self._since >= self._limits.life:
            self.close()
        if self._connection is None:
            self._connection = self._connected()
            self._since = self._clock()
        return self._connection

    def _connected(self) -> psycopg.Connection[Row]:
        try:
            connection = psycopg.connect(
                autocommit=True,
                # A prepared statement would outlive a view that its owner replaces.
                prepare_threshold=None,
                password=self._password(self._access),
                **self._parameters(),
            )
        except psycopg.Error as cause:
            raise not_connected(self.server, cause) from cause
        try:
            self._check_role(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_role(self, connection: psycopg.Connection[Row]) -> None:
        if not self._replica_only:
            return
        try:
            with self._watched(connection):
                (in_recovery,) = connection.execute("SELECT pg_is_in_recovery()").fetchall()[0]
        except psycopg.Error as cause:
            raise not_answered(self.server, cause) from cause
        if not in_recovery:
            raise NotAReplicaError(
                f"{self.server} is not a replica (pg_is_in_recovery() is false), and nothing of Statline reads a"
                " primary: let the setting `replica` name the replica"
            )

    def _watched(self, connection: psycopg.Connection[Row]) -> GivenUpAfter:
        return GivenUpAfter(connection, self._limits.statement + self._limits.answer)

    def _parameters(self) -> dict[str, Any]:
        access, limits = self._access, self._limits
        encrypted = {"sslmode": "verify-full", "sslrootcert": access.trust} if access.trust else {"sslmode": "disable"}
        return encrypted | {
            "host": access.host,
            "port": access.port,
            "dbname": access.name,
            "user": access.user,
            "application_name": f"statline-{self._application}",
            "connect_timeout": limits.connect,
            "keepalives": 1,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
            "options": " ".join(f"-c {name}={value}" for name, value in _session_settings(limits).items()),
        }


def _session_settings(limits: Limits) -> dict[str, str]:
    """What the server itself holds the session to."""
    times = {
        "statement_timeout": limits.statement,
        "lock_timeout": limits.lock,
        "idle_in_transaction_session_timeout": limits.idle,
        "idle_session_timeout": limits.idle,
    }
    return {"default_transaction_read_only": "on"} | {name: str(int(value * 1000)) for name, value in times.items()}
