"""A moment as files have it, in seconds of the epoch."""

import math
from datetime import UTC, datetime

_EARLIEST, _LATEST = 946_684_800.0, 4_102_444_800.0
"""2000 to 2100: a number outside is no moment, whatever its unit."""
_FINER = 1000.0


class NoMomentError(ValueError):
    """A text is no moment; the sentence says why."""


def moment_in(text: object, *, utc: bool) -> float:
    """The moment that a text or a number says: ISO 8601, or the epoch's seconds, milliseconds, or finer.

    utc: a time without a zone is UTC; otherwise it raises `NoMomentError`, for it would be a guess.
    """
    if isinstance(text, bool):
        raise NoMomentError("is no time")
    if isinstance(text, int | float):
        return _of_epoch(float(text))
    if not isinstance(text, str):
        raise NoMomentError("is no time")
    try:
        number = float(text)
    except ValueError:
        return _of_iso(text.strip(), utc=utc)
    return _of_epoch(number)


def text_of(moment: float) -> str:
    """A moment for people, in UTC."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}Z"


def _of_epoch(number: float) -> float:
    """Whatever its unit: seconds, milliseconds, micro- and nanoseconds of this century do not overlap."""
    while math.isfinite(number) and number > _LATEST * _FINER / 10:
        number /= _FINER
    if not _EARLIEST <= number <= _LATEST:
        raise NoMomentError("is no time of this century")
    return number


def _of_iso(text: str, *, utc: bool) -> float:
    try:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError as cause:
        raise NoMomentError("is no time: write 2026-11-22T10:15:00Z, or seconds since 1970") from cause
    if moment.tzinfo is None:
        if not (utc or text.endswith(" UTC")):
            raise NoMomentError("does not say its time zone: write 2026-11-22T10:15:00Z, or add --utc if it is UTC")
        moment = moment.replace(tzinfo=UTC)
    return _of_epoch(moment.timestamp())
