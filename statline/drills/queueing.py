"""One queue of a lane: what waits, what is hidden until it is tried again, what SQS says about it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from statline.contract.words import Channel, Priority
from statline.drills.deployment import Queue
from statline.drills.traffic import STEP

_LEAVES_THE_AGE = 3
"""A message that was received this often goes to the back of the queue, and out of the age that SQS tells."""


@dataclass(frozen=True, slots=True)
class Patience:
    """What a lane does with a message that could not be sent now. Seconds; attempts: before it is given up."""

    first_retry: float
    longest_retry: float
    attempts: int
    expires: float

    def retry_after(self, attempt: int) -> float:
        """The wait after the given attempt (1 is the first)."""
        return min(self.first_retry * 2.0 ** min(attempt - 1, 20), self.longest_retry)


PATIENCE: Mapping[Priority, Patience] = {
    Priority.STAT: Patience(first_retry=1, longest_retry=8, attempts=40, expires=900),
    Priority.URGENT: Patience(first_retry=2, longest_retry=30, attempts=20, expires=3600),
    Priority.ROUTINE: Patience(first_retry=5, longest_retry=300, attempts=12, expires=4 * 3600),
}


@dataclass(slots=True)
class Batch:
    """Messages that came together. sent_at: by the producer; queued_at: into this queue; due: hidden until then.

    canary: the channel that a canary is for; None for what producers send.
    """

    sent_at: float
    queued_at: float
    count: int
    canary: Channel | None = None
    receives: int = 0
    due: float = 0.0
    poison: bool = False


class LaneQueue:
    """A queue with its dead letters. Times are seconds of the epoch."""

    def __init__(self, queue: Queue, lane: Priority) -> None:
        self.queue = queue
        self.patience = PATIENCE[lane]
        self.fresh: deque[Batch] = deque()
        self.hidden: list[Batch] = []
        self.dead = 0
        self.died = 0
        """Dead letters that are new since somebody looked (`take_dead`)."""
        self.deleted = 0
        self.sent = 0
        self._given_up: list[float] = []

    def put(self, batch: Batch) -> None:
        """Take messages in."""
        self.fresh.append(batch)
        self.sent += batch.count

    def take(self, now: float, room: int) -> list[Batch]:
        """Up to `room` messages to work on: those that are due again, then the oldest new ones."""
        taken: list[Batch] = []
        if self.hidden:
            room -= self._take_due(now, room, taken)
        while self.fresh and room > 0:
            batch = self.fresh[0]
            if batch.count <= room:
                self.fresh.popleft()
            else:
                batch.count -= room
                batch = Batch(batch.sent_at, batch.queued_at, room, batch.canary)
            batch.receives += 1
            room -= batch.count
            taken.append(batch)
        return taken

    def _take_due(self, now: float, room: int, taken: list[Batch]) -> int:
        left, used = [], 0
        for batch in self.hidden:
            if batch.due > now or used + batch.count > room:
                left.append(batch)
                continue
            batch.receives += 1
            used += batch.count
            taken.append(batch)
        self.hidden = left
        return used

    def hide(self, batch: Batch, count: int, until: float) -> None:
        """Put `count` of a batch's messages back until a moment; dead letters, if they were received too often."""
        if count <= 0:
            return
        if batch.receives > self.queue.receives:
            self.dead += count
            self.died += count
            self._given_up.append(batch.sent_at)
            return
        self.hidden.append(
            Batch(batch.sent_at, batch.queued_at, count, batch.canary, batch.receives, until, batch.poison)
        )

    def done(self, count: int) -> None:
        """Delete messages whose work is over."""
        self.deleted += count

    def visible(self, now: float) -> int:
        """How many wait to be received. What is due again in this very step is taken at once, where somebody takes."""
        waiting = sum(batch.count for batch in self.fresh)
        return waiting + sum(batch.count for batch in self.hidden if batch.due <= now - STEP)

    def oldest_sent(self, now: float) -> float | None:
        """When the oldest message was sent that nobody has sent on; None while there is none.

        A dead letter is still waited for. What has expired is not.
        """
        alive = now - self.patience.expires
        moments = [batch.sent_at for batch in self.hidden if batch.sent_at > alive]
        oldest_fresh = next((batch.sent_at for batch in self.fresh if batch.sent_at > alive), None)
        if oldest_fresh is not None:
            moments.append(oldest_fresh)
        if self._given_up:
            self._given_up = [sent_at for sent_at in self._given_up if sent_at > alive]
            moments.extend(self._given_up)
        return min(moments, default=None)

    def age(self, now: float) -> float:
        """What SQS says of the oldest message: not those received three times or more."""
        moments = [batch.queued_at for batch in self.hidden if batch.receives < _LEAVES_THE_AGE]
        if self.fresh:
            moments.append(self.fresh[0].queued_at)
        return max(0.0, now - min(moments)) if moments else 0.0

    def take_dead(self) -> int:
        """The dead letters that are new since the last look."""
        died, self.died = self.died, 0
        return died
