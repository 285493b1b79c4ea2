"""How a batch's calls to a provider are made: at once, over connections that are kept, but not kept too long."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import SLOWLY, Accepted, Outcome, Unknown
from functions.core.domain.ports.clock import Clock

AT_ONCE = 10
"""Calls under way at one time. A larger batch would wait for a second round, and outlive its lease."""
KEPT_IDLE = timedelta(seconds=15)
"""How long an unused connection is trusted. Well below the idle limits of the providers and of what lies between."""


SLOW_AFTER = timedelta(seconds=2)
"""An acceptance that took longer says so: half of what is waited for an answer."""


class CallPool:
    """Threads that live as long as the process: starting ten for every batch costs more than the calls' own work.

    ``seconds``: a clock that only goes forward.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="provider")

    def each(self, call: Callable[[Delivery], Outcome], deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Call once for each delivery and answer the outcomes in order. A single one needs no other thread."""
        if len(deliveries) == 1:
            return [self._timed(call, deliveries[0])]
        return list(self._threads.map(lambda delivery: self._timed(call, delivery), deliveries))

    def _timed(self, call: Callable[[Delivery], Outcome], delivery: Delivery) -> Outcome:
        began = self._seconds()
        outcome = _answered(call, delivery)
        slow = self._seconds() - began > SLOW_AFTER.total_seconds()
        return replace(outcome, code=SLOWLY) if slow and isinstance(outcome, Accepted) else outcome


def _answered(call: Callable[[Delivery], Outcome], delivery: Delivery) -> Outcome:
    """One call's outcome. An error of ours costs its own delivery: the answers to its neighbours must be recorded."""
    try:
        return call(delivery)
    except Exception as bug:  # noqa: BLE001 - whatever it is: nobody knows how far the call got, and the record says so
        return Unknown(f"bug_{type(bug).__name__}")


class KeptConnections:
    """Connections that are closed, not used, after a long rest.

    A function's environment is frozen between two batches, and a connection may die unnoticed meanwhile. With no
    retries, a request on a dead connection has an unknown outcome: for an SMS that can mean that it is never sent.
    """

    def __init__(self, close: Callable[[], None], clock: Clock) -> None:
        self._close = close
        self._clock = clock
        self._used_at: datetime | None = None

    def drop_idle(self) -> None:
        """To be called before each batch: closes what rested longer than `KEPT_IDLE`."""
        now = self._clock()
        if self._used_at is not None and not timedelta() <= now - self._used_at <= KEPT_IDLE:
            self._close()
        self._used_at = now
