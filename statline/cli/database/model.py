"""Sessions of PostgreSQL as the break-glass commands see them: never a statement's text, only what kind it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OWNER = "rdsadmin"
"""Whom RDS's own sessions belong to."""
CLIENT = "client backend"
"""What PostgreSQL calls the process that serves a client's session."""


class SessionKind(StrEnum):
    """What a session is doing. All but the last read whole tables out of the database."""

    PG_DUMP = "pg_dump"
    """It calls itself pg_dump or pg_dumpall, whatever it does at the moment."""
    COPY_OUT = "COPY ... TO"
    """A table or a query is copied out, by whatever program."""
    DUMP_CURSOR = "cursor of a dump"
    """pg_dump under another name: it reads with its cursor, or holds the snapshot that its helpers read."""
    EXPORT = "export to S3"
    """RDS's own extension writes a query's rows into a bucket."""
    OTHER = "no dump"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session. A process id is given out again after its session; with ``started_at`` it is one of a kind.

    client: the address that it comes from, ``local`` for a socket of the server's own machine.
    busy_since: the beginning of its transaction, or of its last statement where it has none.
    backend: PostgreSQL's word for what the process is. leader: of a parallel worker, the session that it works for.
    copied: bytes that a running COPY has read so far.
    """

    pid: int
    started_at: datetime
    user: str
    application: str
    database: str
    client: str
    state: str
    busy_since: datetime
    backend: str
    leader: int | None
    copied: int | None
    kind: SessionKind

    @property
    def is_dump(self) -> bool:
        """Whether it reads whole tables out."""
        return self.kind is not SessionKind.OTHER

    @property
    def untouchable(self) -> str:
        """Why no command of ours ends it, in words that follow "it is"; empty where one may."""
        if self.backend == CLIENT:
            return f"a session of {OWNER}, which is RDS itself" if self.user == OWNER else ""
        if self.leader is not None:
            return f"a helper of session {self.leader}, and ends with that one"
        return _PROCESSES.get(self.backend, f"a process of the server's own ({self.backend})")


_PROCESSES: Mapping[str, str] = {
    "walsender": "a replication session (walsender): without it the replica falls behind",
    "autovacuum launcher": "autovacuum, which the server starts again by itself",
    "autovacuum worker": "autovacuum, which the server starts again by itself",
}


class Ending(StrEnum):
    """What became of a session that was to be ended."""

    ENDED = "ended"
    GONE = "gone"
    """It had ended by itself. Its process id may belong to another session, to which nothing was done."""
    CHANGED = "changed"
    """It does something else than what was confirmed: nothing was done."""
    NOT_ENDED = "not_ended"
    """It was told to end and was still there when patience was over."""
    FAILED = "failed"
    """The server refused, or the connection to it broke: look again."""


class DatabaseError(Exception):
    """The primary could not be reached or asked; the message says where, why and what to do."""


class OptionError(DatabaseError):
    """What the command was told cannot be right; nobody was asked."""
