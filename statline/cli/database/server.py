"""What the break-glass commands ask of PostgreSQL. The only module of the command line that needs psycopg."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import kwargs_row

from statline.cli.database.access import Access
from statline.cli.database.model import CLIENT, OWNER, DatabaseError, Session, SessionKind

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 5
APPLICATION = "statline-break-glass"

_SETTINGS = f"-c search_path=pg_catalog -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=1s -c timezone=UTC"
_COMMENTS = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_COPY_OUT = rf"^{_COMMENTS}copy\M.*\mto\M\s*(?:stdout\M|stdin\M|program\M|e?')"
_KIND: LiteralString = """
    CASE
        WHEN a.application_name ~* '^pg_dump' THEN %(pg_dump)s
        WHEN a.state = 'idle' THEN %(other)s
        WHEN a.query ~* '\\maws_s3\\.query_export_to_s3\\M' THEN %(export)s
        WHEN a.query ~* '\\m(_pg_dump_cursor|pg_export_snapshot)\\M' THEN %(cursor)s
        WHEN p.command = 'COPY TO' OR (p.command IS NULL AND a.query ~* %(copy_out_text)s) THEN %(copy_out)s
        ELSE %(other)s
    END"""
_KINDS: Mapping[str, str] = {
    "pg_dump": SessionKind.PG_DUMP.value,
    "other": SessionKind.OTHER.value,
    "export": SessionKind.EXPORT.value,
    "cursor": SessionKind.DUMP_CURSOR.value,
    "copy_out": SessionKind.COPY_OUT.value,
    "copy_out_text": _COPY_OUT,
}
_FROM: LiteralString = "FROM pg_stat_activity AS a LEFT JOIN pg_stat_progress_copy AS p ON p.pid = a.pid"
_SESSIONS: LiteralString = f"""
    SELECT a.pid, a.backend_start AS started_at, coalesce(a.usename, '') AS "user",
        coalesce(a.application_name, '') AS application, coalesce(a.datname, '') AS database,
        coalesce(host(a.client_addr), 'local') AS client, coalesce(a.state, '') AS state,
        coalesce(a.xact_start, a.query_start, a.backend_start) AS busy_since,
        a.backend_type AS backend, a.leader_pid AS leader,
        CASE WHEN p.command = 'COPY TO' THEN p.bytes_processed END AS copied, {_KIND} AS kind
    {_FROM}
    WHERE a.pid <> pg_backend_pid() AND a.backend_start IS NOT NULL
    ORDER BY busy_since, a.pid"""
_END: LiteralString = f"""
    WITH chosen AS MATERIALIZED (
        SELECT a.pid {_FROM}
        WHERE a.pid = %(pid)s AND a.backend_start = %(started_at)s AND a.backend_type = %(backend)s
            AND a.usename <> %(owner)s AND {_KIND} = %(kind)s
    )
    SELECT pg_terminate_backend(pid) FROM chosen"""  # noqa: S608 - put together from constants
_RIGHTS: LiteralString = """
    SELECT pg_has_role('pg_read_all_stats', 'USAGE'), pg_has_role('pg_signal_backend', 'USAGE'), pg_is_in_recovery()"""

_ADVICE: Mapping[str, str] = {
    "slots are reserved": "no connection is left for this user. On PostgreSQL 16 and later grant it"
    " pg_use_reserved_connections and set reserved_connections; now, come as the master user (--user, --password)",
    "too many clients": "not even a reserved connection is left. Reboot nothing yet: stop an application that holds"
    " many, and try again",
    "too many connections for": "the user's own limit is reached: another break-glass session is open, or raise its"
    " CONNECTION LIMIT",
    "PAM authentication failed": "the IAM sign-in was refused: the caller needs rds-db:connect for this user, the user"
    " needs the role rds_iam, the instance IAM authentication; or come with --password",
    "password authentication failed": "the user or the password is wrong; without --password an IAM token is sent",
    "no password supplied": "the server wants a password: add --password",
    "certificate verify failed": "the server's certificate is not from the authorities in the --trust file",
    "does not match host name": "the certificate names another host: give --host as AWS writes it, and --tunnel for the"
    " near end of a tunnel",
    "server does not support SSL": "the server has no TLS; a server on this machine may be reached with --no-tls",
    "no encryption": "the server wants TLS: give --trust instead of --no-tls",
    "timeout expired": "nothing answers there: the primary has no public address, so this needs its network or a tunnel"
    " (--tunnel)",
    "onnection refused": "nobody listens there: check --host, --port and --tunnel",
    "resolve": "the name is not known here: check --host",
    "does not exist": "check --user and --database",
}


class Server:
    """A connection to the primary, for a few questions of a person. Every statement stands alone and is short."""

    def __init__(self, access: Access) -> None:
        self.where = access.where
        try:
            self._connection = psycopg.connect(**_parameters(access))
        except psycopg.OperationalError as cause:
            raise DatabaseError(_unreachable(access, str(cause))) from cause

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def check(self, *, ending: bool) -> bool:
        """Whether it is a replica. Raises `DatabaseError` where the user cannot see others, or not end them."""
        sees, ends, replica = self._one(_RIGHTS)
        if not sees:
            raise DatabaseError(
                f"{self.where}: this user sees its own sessions only, so a dump would look like none;"
                " GRANT pg_monitor TO it (docs/on-call.md has the whole role)"
            )
        if ending and not ends:
            raise DatabaseError(
                f"{self.where}: this user may not end sessions; GRANT pg_signal_backend TO it (docs/on-call.md)"
            )
        return bool(replica)

    def sessions(self) -> Sequence[Session]:
        """Everybody's sessions but this one, those that are busy longest first. Raises `DatabaseError`."""
        try:
            with self._connection.cursor(row_factory=kwargs_row(_session)) as cursor:
                return cursor.execute(_SESSIONS, _KINDS).fetchall()
        except psycopg.Error as cause:
            raise DatabaseError(f"{self.where} did not say who is there: {_words(cause)}; try again") from cause

    def end(self, session: Session) -> bool:
        """Tell a session to end, if it is still that session and does what it did. Raises `DatabaseError`."""
        asked = {
            **_KINDS,
            "pid": session.pid,
            "started_at": session.started_at,
            "backend": CLIENT,
            "owner": OWNER,
            "kind": session.kind.value,
        }
        try:
            row = self._connection.execute(_END, asked).fetchone()
        except psycopg.Error as cause:
            raise DatabaseError(f"{self.where} did not end session {session.pid}: {_words(cause)}") from cause
        return row is not None and bool(row[0])

    def is_there(self, session: Session) -> bool:
        """Whether that very session lives, whatever it does. Raises `DatabaseError`."""
        return any(other.pid == session.pid and other.started_at == session.started_at for other in self.sessions())

    def _one(self, question: LiteralString) -> tuple[Any, ...]:
        try:
            row = self._connection.execute(question).fetchone()
        except psycopg.Error as cause:
            raise DatabaseError(f"{self.where} gave no answer: {_words(cause)}; try again") from cause
        return row or ()


def _session(*, kind: str, **fields: Any) -> Session:
    return Session(kind=SessionKind(kind), **fields)


def _parameters(access: Access) -> dict[str, Any]:
    tls = {"sslmode": "verify-full", "sslrootcert": str(access.trust)} if access.trust else {"sslmode": "disable"}
    return {
        "host": access.host,
        "port": access.tunnel.port if access.tunnel else access.port,
        **({"hostaddr": access.tunnel.address} if access.tunnel else {}),
        "user": access.user,
        "dbname": access.database,
        **({"password": access.password} if access.password else {}),
        **tls,
        "gssencmode": "disable",
        "connect_timeout": CONNECT_SECONDS,
        "application_name": APPLICATION,
        "options": _SETTINGS,
        "autocommit": True,
    }


def _unreachable(access: Access, said: str) -> str:
    advice = next((advice for words, advice in _ADVICE.items() if words in said), "check --host, --port and --user")
    last = said.strip().splitlines()[-1] if said.strip() else "no reason was given"
    return f"{access.where}, as {access.user}: {last}\n{advice}."


def _words(cause: psycopg.Error) -> str:
    """What the server says, and for a refusal why; neither holds anybody's statement."""
    parts = (cause.diag.message_primary or type(cause).__name__, cause.diag.message_detail)
    return ". ".join(part for part in parts if part)
