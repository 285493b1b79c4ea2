"""The real clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC, cut to milliseconds: the resolution of everything that is stored."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
