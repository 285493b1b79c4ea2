"""The states of a delivery and the one table of how they follow each other. Nothing else moves a state."""

from collections.abc import Mapping

from functions.core.domain.errors import ForbiddenTransitionError
from statline.contract.words import DeliveryState

State = DeliveryState
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
