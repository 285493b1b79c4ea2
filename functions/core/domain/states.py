"""The states of a delivery and the one table of how they follow each other. Nothing else moves a state."""

from collections.abc import Mapping
from enum import StrEnum

from functions.core.domain.errors import ForbiddenTransitionError


class State(StrEnum):
    """What is known of one delivery: one channel to one endpoint of one recipient."""

    SENDING = "SENDING"
    """A worker has claimed it; its lease says until when nobody else may."""
    RETRYING = "RETRYING"
    """Certainly not sent; due again at ``not_before``."""
    UNKNOWN = "UNKNOWN"
    """The answer was lost, or the lease ran out: the provider may have it or not."""
    ACCEPTED = "ACCEPTED"
    """The provider took it over."""
    DELIVERED = "DELIVERED"
    """A receipt says that it reached the phone."""
    READ = "READ"
    """The person saw it."""
    UNDELIVERED = "UNDELIVERED"
    """A receipt says that the provider could not deliver it."""
    FAILED = "FAILED"
    """Never to be tried again; the reason says why."""
    EXPIRED = "EXPIRED"
    """Its time was over before a first or next attempt."""
    CANCELLED = "CANCELLED"
    """Somebody acknowledged before a first or next attempt."""


S = State
_RECEIPTS = {S.DELIVERED, S.READ, S.UNDELIVERED}
_ENDS = {S.FAILED, S.EXPIRED, S.CANCELLED}

TRANSITIONS: Mapping[State | None, frozenset[State]] = {
    # A first claim; or an end before any attempt: out of time, acknowledged, or dead-lettered unread.
    None: frozenset({S.SENDING} | _ENDS),
    # A receipt may come before our own ACCEPTED is written.
    S.SENDING: frozenset({S.ACCEPTED, S.RETRYING, S.UNKNOWN} | _RECEIPTS | _ENDS),
    # A receipt here belongs to an earlier attempt whose answer was lost.
    S.RETRYING: frozenset({S.SENDING} | _RECEIPTS | _ENDS),
    # ACCEPTED and RETRYING: the late word of the worker that had been given up.
    S.UNKNOWN: frozenset({S.SENDING, S.ACCEPTED, S.RETRYING} | _RECEIPTS | _ENDS),
    S.ACCEPTED: frozenset(_RECEIPTS),
    S.DELIVERED: frozenset({S.READ}),
    S.READ: frozenset(),
    S.UNDELIVERED: frozenset(),
    S.FAILED: frozenset(),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
}

SETTLED: frozenset[State] = frozenset({S.ACCEPTED, S.DELIVERED, S.READ, S.UNDELIVERED} | _ENDS)
"""No worker has anything left to do in these."""


def check_transition(before: State | None, after: State) -> None:
    """Raise `ForbiddenTransitionError` unless the table has the step."""
    if after not in TRANSITIONS[before]:
        raise ForbiddenTransitionError(before, after)
