"""The lanes: what each priority gets in time and patience. One row a priority; nothing else in the code asks which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from statline.contract.words import Priority

FUNCTION_TIMEOUT = timedelta(seconds=8)
"""A channel function's time limit. Its worker is gone when it is over, so a lease lives only a little longer."""
LEASE = FUNCTION_TIMEOUT + timedelta(seconds=1)
"""How long a claim keeps others away. The margin covers clocks that differ between two workers."""
PROVIDER_TIMEOUT = timedelta(seconds=4)
"""The longest wait for a provider's answer. A call starts only while a lease has this much left."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The patience of one priority.

    visibility: how long a queue hides a message that a worker has taken. Just above the lease, so that a killed
        worker's message is taken up again at once; the calmer lanes take AWS's advice of six times the timeout.
    first_retry, longest_retry: the first wait after "not sent, try later", doubled up to the longest.
    attempts: how many attempts a delivery gets before it is FAILED.
    next_way_at: the attempt after which a delivery that nobody has accepted opens its next way, and goes on trying.
    receipt_wait: how long an SMS with a lost answer waits for its receipt before it is EXPIRED.
    """

    priority: Priority
    visibility: timedelta
    first_retry: timedelta
    longest_retry: timedelta
    attempts: int
    receipt_wait: timedelta
    next_way_at: int | None = None

    def retry_after(self, attempt: int) -> timedelta:
        """The wait after the given attempt (1 is the first)."""
        return min(timedelta(seconds=self.first_retry.total_seconds() * 2.0 ** (attempt - 1)), self.longest_retry)


LANES: Mapping[Priority, Lane] = {
    Priority.STAT: Lane(
        priority=Priority.STAT,
        visibility=LEASE + timedelta(seconds=1),
        first_retry=timedelta(seconds=1),
        longest_retry=timedelta(seconds=8),
        attempts=40,
        receipt_wait=timedelta(seconds=30),
        next_way_at=5,
    ),
    Priority.URGENT: Lane(
        priority=Priority.URGENT,
        visibility=FUNCTION_TIMEOUT * 3,
        first_retry=timedelta(seconds=2),
        longest_retry=timedelta(seconds=30),
        attempts=20,
        receipt_wait=timedelta(minutes=1),
    ),
    Priority.ROUTINE: Lane(
        priority=Priority.ROUTINE,
        visibility=FUNCTION_TIMEOUT * 6,
        first_retry=timedelta(seconds=5),
        longest_retry=timedelta(minutes=5),
        attempts=12,
        receipt_wait=timedelta(minutes=2),
    ),
}

RECEIVES_BEFORE_DEAD_LETTER = 50
"""The queues' ``maxReceiveCount``: only a net, above what waiting for a lease and every lane's retries need."""
PROMPT_RECEIVES = 10
OUTAGE_PAUSE = timedelta(minutes=1)
"""A message that waits for a store of ours comes back promptly this often, and then once in this time. So an outage of
40 minutes kills no message, while one that a bug of ours cannot process is a dead letter in eight."""


def outage_pause(receives: int) -> timedelta | None:
    """How long a message hides whose work a store held up, on its ``receives``-th receive; None: as long as ever."""
    return OUTAGE_PAUSE if receives >= PROMPT_RECEIVES else None
