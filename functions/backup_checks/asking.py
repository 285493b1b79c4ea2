"""Puts questions to PostgreSQL, within the time that the function has left."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.sql import Composed

from functions.backup_checks.questions import NotAnsweredError, Row, TookTooLongError
from functions.database.errors import DatabaseUnavailableError, StatementRefusedError, StatementTimedOutError
from functions.database.sessions import Limits, Sessions

LIMITS = Limits(statement=850.0, lock=10.0, idle=300.0, life=1000.0)
"""Of the session. What a single question may take is set with each."""
_TRIES = 3
_RECOVERY_CONFLICT = "40"
_SYSTEM_ERROR = "58"
_SETTINGS: Mapping[str, str] = {
    # A row's text is hashed: it must not depend on how a role or a database likes its dates.
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    # Rows that a policy hides would be missing without a word: with this they are an error.
    "row_security": "off",
}


class PatientAsker:
    """An `Asker` over the sessions with one database. left: how many seconds there are until all must be said."""

    def __init__(
        self, sessions: Sessions, left: Callable[[], float], settings: Mapping[str, str] | None = None
    ) -> None:
        self._sessions = sessions
        self._left = left
        self._settings = {**_SETTINGS, **(settings or {})}

    @property
    def seconds_left(self) -> float:
        """How long there is still for questions."""
        return self._left()

    def ask(self, question: Composed, *, seconds: float, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that the question has. Raises `NotAnsweredError`, and what `Sessions` raises for a lost server."""
        for _ in range(_TRIES - 1):
            try:
                return self._once(question, seconds, parameters)
            except DatabaseUnavailableError as cause:
                # A replica ends what reads rows that it has to remove. The next try may be luckier.
                if not _code(cause).startswith(_RECOVERY_CONFLICT):
                    raise
        return self._once(question, seconds, parameters)

    def _once(self, question: Composed, seconds: float, parameters: Sequence[object]) -> list[Row]:
        allowed = min(seconds, self._left())
        if allowed <= 0:
            raise TookTooLongError("there was no time left to ask")
        with _told_apart(allowed):
            self._prepare(allowed)
            return self._sessions.rows(question, parameters)

    def _prepare(self, allowed: float) -> None:
        wanted = {**self._settings, "statement_timeout": str(max(1, int(allowed * 1000)))}
        self._sessions.rows(
            "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS wanted (name, value)",
            [list(wanted), list(wanted.values())],
        )


@contextmanager
def _told_apart(seconds: float) -> Iterator[None]:
    try:
        yield
    except StatementTimedOutError as cause:
        raise TookTooLongError(f"it took more than {seconds:,.0f} s") from cause
    except StatementRefusedError as cause:
        raise NotAnsweredError(_words(cause)) from cause
    except DatabaseUnavailableError as cause:
        # "A system error" is, of a restored copy, a file that is not there.
        if _code(cause).startswith(_SYSTEM_ERROR):
            raise NotAnsweredError(_words(cause)) from cause
        raise


def _code(error: Exception) -> str:
    cause = error.__cause__
    return (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""


def _words(error: Exception) -> str:
    """The code and its name: what the server says besides may quote a row."""
    return f"the server ended it with {_code(error)} ({type(error.__cause__).__name__})"
