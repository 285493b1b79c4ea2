"""What a restored copy is, as the server itself says: neither a replica nor something that feeds one."""

from typing import Final, LiteralString

from functions.core.domain.errors import PermanentError

ROLE: Final[LiteralString] = "SELECT pg_is_in_recovery(), (SELECT count(*) FROM pg_stat_replication)"
"""Answers what `refuse_all_but_a_copy` is given. Every role may ask."""


class NotARestoredCopyError(PermanentError):
    """The server is a replica or feeds one. A restored copy does neither, and nothing else may be burdened."""


def refuse_all_but_a_copy(in_recovery: bool, followers: int) -> None:
    """Raise `NotARestoredCopyError` for a replica, and for a primary: it has replicas that follow it."""
    if in_recovery:
        raise NotARestoredCopyError("this server is in recovery: it is a replica, or not restored yet")
    if followers:
        raise NotARestoredCopyError(
            f"this server feeds other servers ({followers}): it is a primary, and not to be burdened"
        )
