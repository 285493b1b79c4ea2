"""The record of a delivery: its state, its attempts, and the pure steps that lead from one record to the next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.states import State, check_transition
from functions.core.domain.routing.lanes import LEASE
from statline.contract.words import Priority

KEPT_AFTER_EXPIRY = timedelta(days=7)
"""How long a record outlives its notification's ``expires_at``: the window in which the same id is known again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claim and what became of it. ``code`` is the provider's or our own word; empty while it is under way."""

    number: int
    at: datetime
    provider: str
    code: str = ""
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What the delivery-state table holds of one delivery.

    ``revision`` grows by one with every write. ``owner`` names the worker whose claim this is: two claims made in the
    same instant must not look alike, or a lost race would be taken for a won one.
    """

    key: DeliveryKey
    priority: Priority
    state: State
    revision: int
    changed_at: datetime
    expires_at: datetime
    attempts: tuple[Attempt, ...] = ()
    lease_until: datetime | None = None
    not_before: datetime | None = None
    owner: str = ""
    reason: str = ""
    cut: bool = False

    @property
    def attempt(self) -> int:
        """The number of the latest attempt, 0 before the first."""
        return self.attempts[-1].number if self.attempts else 0

    def moved(
        self, to: State, now: datetime, *, reason: str = "", not_before: datetime | None = None
    ) -> "DeliveryRecord":
        """The next record, in the state ``to``. Raises `ForbiddenTransitionError` where the table has no such step."""
        check_transition(self.state, to)
        return replace(
            self,
            state=to,
            revision=self.revision + 1,
            changed_at=now,
            lease_until=None,
            owner="",
            not_before=not_before,
            reason=reason,
        )

    def with_outcome(self, code: str, provider_id: str = "", *, attempt: int | None = None) -> "DeliveryRecord":
        """This record with the given attempt's (the latest's) outcome written into it."""
        number = self.attempt if attempt is None else attempt
        return replace(
            self,
            attempts=tuple(
                replace(a, code=code, provider_id=provider_id or a.provider_id) if a.number == number else a
                for a in self.attempts
            ),
        )

    def noted(self, now: datetime) -> "DeliveryRecord":
        """The next record in the same state: something was added to it, nothing moved."""
        return replace(self, revision=self.revision + 1, changed_at=now)

    def claimed(self, worker: "Worker") -> "DeliveryRecord":
        """The next record: SENDING, one attempt more, leased to the caller."""
        return replace(
            self.moved(State.SENDING, worker.now),
            attempts=(*self.attempts, Attempt(number=self.attempt + 1, at=worker.now, provider=worker.provider)),
            lease_until=worker.now + LEASE,
            owner=worker.name,
        )


@dataclass(frozen=True, slots=True)
class Worker:
    """Who asks for a delivery: a name that no other worker has, the provider that it would call, and the moment."""

    name: str
    provider: str
    now: datetime


def first_record(delivery: Delivery, to: State, now: datetime, *, reason: str = "") -> DeliveryRecord:
    """The first record of a delivery that was never claimed."""
    check_transition(None, to)
    return DeliveryRecord(
        key=delivery.key,
        priority=delivery.priority,
        state=to,
        revision=1,
        changed_at=now,
        expires_at=_as_stored(delivery.expires_at),
        reason=reason,
        cut=delivery.screen.cut,
    )


def _as_stored(moment: datetime) -> datetime:
    """Cut to milliseconds, which is what a table keeps: read back, a record must be equal to itself.

    A write whose answer was lost is repeated, and finds its own record; taken for another worker's, it would wait for
    a lease that nobody holds.
    """
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def first_claim(delivery: Delivery, worker: Worker) -> DeliveryRecord:
    """The first record of a delivery that a worker takes on."""
    return replace(
        first_record(delivery, State.SENDING, worker.now),
        attempts=(Attempt(number=1, at=worker.now, provider=worker.provider),),
        lease_until=worker.now + LEASE,
        owner=worker.name,
    )
