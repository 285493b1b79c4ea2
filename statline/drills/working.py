"""How a function works a lane's queue off: what it takes, what it crashes over, how long the rest took."""

import math
import random
from collections.abc import Mapping

from statline.contract.words import Channel, Priority
from statline.drills.calls import Calls
from statline.drills.failover import Asked
from statline.drills.queueing import PATIENCE, Batch, LaneQueue
from statline.drills.series import Series
from statline.drills.traffic import STEP, some_of

Levers = Mapping[str, float]
_KILLED = 5e-7
"""Of the messages in work, how many lose their worker on a usual day."""
_CALL_SECONDS = 0.15
_LONGEST = 7.0
"""Seconds after which a worker ends one way or another."""
_CANARY_LIVES, _MINUTE = 300.0, 60.0
_DRAWS, _SPREAD, _FACTORS = 4, 0.4, 9973
_PASSING: Mapping[Channel, float] = {Channel.PUSH: 0.5, Channel.SMS: 0.7, Channel.VOICE: 0.9}
"""Seconds from the producer until the provider is asked, while nothing waits."""


class Worker:
    """A function's mapping on one lane's queue."""

    def __init__(self, function: str, stage: str, queue: LaneQueue, lane: Priority, calls: Calls) -> None:
        self.queue, self.calls = queue, calls
        self._stopped, self._most = f"stage.{stage}.{lane}.stopped", f"stage.{stage}.{lane}.per_minute"
        self._allowed = 0.0
        self._errors, self._throttled = f"function.{function}.errors", f"function.{function}.throttled"
        self._slowness = f"function.{function}.slowness"

    def take(self, now: float, levers: Levers, dice: random.Random, *, waits: float = 0.0) -> list[Batch]:
        """What it really works on in this step. waits: seconds for somebody's answer, in each call."""
        queue = self.queue
        if not (queue.fresh or queue.hidden) or levers[self._stopped] > 0:
            return []
        throttled = levers[self._throttled]
        each = (_CALL_SECONDS + waits) * levers[self._slowness]
        room = queue.queue.at_once * STEP / each * (1.0 - throttled)
        self._allowed = min(self._allowed % 1 + levers[self._most] * STEP / _MINUTE, room)
        taken = queue.take(now, int(self._allowed))
        if throttled > 0:
            self.calls.throttles += 1 + len(taken)
        crashing = levers[self._errors] + _KILLED
        return [batch for batch in taken if self._survives(batch, crashing, now, dice)]

    def slowness(self, levers: Levers) -> float:
        """How many times as long as usual a call takes."""
        return levers[self._slowness]

    def _survives(self, batch: Batch, crashing: float, now: float, dice: random.Random) -> bool:
        """Whether anything of the batch is left to work on; what crashed is hidden, and comes back."""
        crashed = batch.count if batch.poison else some_of(batch.count, crashing, dice)
        self.calls.worked(batch.count, crashed)
        if crashed:
            self.queue.hide(batch, crashed, now + max(STEP, self.queue.queue.visibility))
            batch.count -= crashed
        return batch.count > 0


class Spread:
    """How much longer or shorter than usual each one takes: drawn once, and gone through again and again."""

    def __init__(self, dice: random.Random) -> None:
        self._factors = [math.exp(dice.gauss(0.0, _SPREAD)) for _ in range(_FACTORS)]
        self._next = 0

    def tell(self, series: Series | None, now: float, waited: float, worked: float, count: int) -> None:
        """Publish how long `count` of them took, in seconds: a few draws that stand for all."""
        if series is None:
            return
        draws = min(count, _DRAWS)
        if self._next + draws > _FACTORS:
            self._next = 0
        factors = self._factors[self._next : self._next + draws]
        self._next += draws
        series.add_all(
            now + STEP / 2, [waited + min(worked * factor, max(worked, _LONGEST)) for factor in factors], count / draws
        )


class Way:
    """A channel's worker on one lane, with the provider that it asks."""

    def __init__(
        self, worker: Worker, way: tuple[Priority, Channel], provider: Asked, accepted: Series | None, spread: Spread
    ) -> None:
        self.worker, self.provider, self._spread = worker, provider, spread
        self.lane, self.channel = way
        self.accepted_at: dict[float, float] = {}
        """Of the canaries that arrived, by when they were sent, when a provider had them."""
        self.under_way = 0.0
        """The seconds that the last step's deliveries took together: what a look may meet."""
        self._handed_over = 0
        self._accepted = accepted
        self._ahead = worker.queue.patience is PATIENCE[Priority.STAT]

    def deliver(self, now: float, levers: Levers, dice: random.Random) -> None:
        """Work on what is there for ten seconds."""
        worker, provider = self.worker, self.provider
        self.under_way = 0.0
        if not (worker.queue.fresh or worker.queue.hidden):
            return
        for batch in worker.take(now, levers, dice, waits=provider.seconds):
            if now - batch.sent_at > (_CANARY_LIVES if batch.canary else worker.queue.patience.expires):
                worker.queue.done(batch.count)
                continue
            accepted = self._attempt(batch, now)
            if accepted:
                passing = _PASSING[self.channel] * worker.slowness(levers)
                waited, worked = since(batch, now), passing + provider.seconds
                self._spread.tell(self._accepted, now, waited, worked, accepted)
                self.under_way += accepted * min(worked, STEP)
                if batch.canary is None:
                    self._handed_over += accepted
                else:
                    self.accepted_at[batch.sent_at] = batch.sent_at + waited + worked

    def take_handed_over(self) -> int:
        """How many of what producers sent a provider has taken over since the last look."""
        taken, self._handed_over = self._handed_over, 0
        return taken

    def _attempt(self, batch: Batch, now: float) -> int:
        """Ask the provider for a batch. Returns how many it accepted; who must wait goes back to the queue."""
        queue, patience = self.worker.queue, self.worker.queue.patience
        if batch.canary is Channel.VOICE:  # rehearsed: nobody is called
            queue.done(1)
            return 1
        answers = self.provider.ask(batch.count, ahead=self._ahead)
        again = answers.put_off + answers.lost
        if again and batch.receives < patience.attempts:
            queue.hide(batch, again, now + max(STEP, patience.retry_after(batch.receives)))
            queue.done(batch.count - again)
        else:
            queue.done(batch.count)
        return answers.accepted


def since(batch: Batch, now: float) -> float:
    """How long a batch has waited; nothing, where it is worked on in the step that brings it."""
    return max(0.0, now - batch.sent_at)
