"""What goes wrong between a function and PostgreSQL, as types: which of it a later try may cure.

What the server says of data stays out of every message: an error that quotes a row would bring it into a log.
"""

from collections.abc import Mapping

import psycopg

from functions.core.domain.errors import PermanentError, TemporaryError


class DatabaseUnavailableError(TemporaryError):
    """The server cannot be reached, has no connection left, or ended the session. The next try is a new connection."""


class StatementTimedOutError(TemporaryError):
    """The server ended a statement that ran longer than allowed, or waited too long for a lock."""


class NotAReplicaError(PermanentError):
    """The server is not in recovery: it is a primary, and its caller may speak to replicas only."""


class DatabaseRefusesError(PermanentError):
    """The server's certificate or the sign-in is not accepted."""


class StatementRefusedError(PermanentError):
    """The server does not take the statement: something is not installed, not allowed, or its data cannot be cast."""


_DatabaseError = type[DatabaseUnavailableError | StatementTimedOutError | StatementRefusedError]

_BY_CODE: Mapping[str, _DatabaseError] = {
    "57014": StatementTimedOutError,  # query_canceled: statement_timeout
    "25P03": DatabaseUnavailableError,  # a session that idled too long in a transaction
    "55P03": StatementTimedOutError,  # lock_not_available: lock_timeout
}
_BY_CLASS: Mapping[str, _DatabaseError] = {
    "08": DatabaseUnavailableError,  # connection exceptions
    "40": DatabaseUnavailableError,  # a replica ended the statement, because it had to replay what it was reading
    "53": DatabaseUnavailableError,  # out of connections, memory or disk
    "57": DatabaseUnavailableError,  # the server shuts down, starts or fails over
    "58": DatabaseUnavailableError,  # a system error
}
_MAY_BE_QUOTED = ("42", "3D", "3F")
"""Classes of errors about names and rights, whose text names tables and columns and no data."""

_SIGN_IN_REFUSED = (
    "certificate verify failed",
    "does not match host name",
    "root certificate file",
    "does not support SSL",
    "authentication failed",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    "does not exist",
)
"""libpq gives no code for a connection that was not made, only what the server or OpenSSL said."""


def not_connected(where: str, cause: psycopg.Error) -> DatabaseUnavailableError | DatabaseRefusesError:
    """The typed error for a connection that could not be made to ``where``."""
    said = _first_line(cause)
    kind = DatabaseRefusesError if any(words in said for words in _SIGN_IN_REFUSED) else DatabaseUnavailableError
    return kind(f"no connection to {where}: {said}")


def not_answered(
    where: str, cause: psycopg.Error
) -> DatabaseUnavailableError | StatementTimedOutError | StatementRefusedError:
    """The typed error for a statement that failed on a connection to ``where``."""
    code = cause.sqlstate
    if code is None:
        return DatabaseUnavailableError(f"the connection to {where} broke during a statement")
    kind = _BY_CODE.get(code) or _BY_CLASS.get(code[:2], StatementRefusedError)
    said = f": {_first_line(cause)}" if code.startswith(_MAY_BE_QUOTED) else ""
    return kind(f"{where} ended a statement with {code} ({type(cause).__name__}){said}")


def _first_line(cause: psycopg.Error) -> str:
    return str(cause).strip().partition("\n")[0]
