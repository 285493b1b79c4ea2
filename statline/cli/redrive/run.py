"""Looks through dead letters, and hands them over again: a copy is taken before its letter is deleted, never after."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from statline.cli.redrive.letters import DeadLetter, Fate, Tally, fate_of
from statline.cli.redrive.queues import DeadQueue
from statline.cli.redrive.walk import BATCH
from statline.cli.redrive.ways import Way

_PATIENCE = 3
"""After so many batches in a row of which nothing was taken, the cause is not gone."""


class Letters(Protocol):
    """A walk through the dead-letter queue."""

    def batches(self, size: int = BATCH) -> Iterator[Sequence[DeadLetter]]:
        """The letters, none of them twice."""
        ...

    def delete(self, letters: Sequence[DeadLetter]) -> int:
        """Take letters out for good; how many were not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for. expired_too: hand over what is past its deadline as well, for its end to be recorded.

    per_second: letters. most: how many letters are handed over; None: all.
    """

    per_second: float
    expired_too: bool
    most: int | None = None

    @property
    def fates(self) -> frozenset[Fate]:
        """What is handed over."""
        return frozenset({Fate.AGAIN, Fate.EXPIRED} if self.expired_too else {Fate.AGAIN})


@dataclass(slots=True, kw_only=True)
class Redrive:
    """One run over one queue. now: AWS's time. pause: waits so many seconds, or until somebody asks to stop.

    stopping: whether somebody has. clock: counts seconds.
    """

    queue: DeadQueue
    began: datetime
    now: Callable[[], datetime]
    pause: Callable[[float], object]
    stopping: Callable[[], bool]
    clock: Callable[[], float] = time.monotonic
    tally: Tally = field(default_factory=Tally)
    _in_vain: int = 0

    def survey(self, letters: Letters) -> Iterator[Tally]:
        """Look at the letters and do nothing; the tally after each batch."""
        for batch in letters.batches():
            self._sorted(batch)
            yield self.tally
            if self._asked_to_stop():
                return

    def apply(self, letters: Letters, way: Way, wishes: Wishes) -> Iterator[Tally]:
        """Hand the letters over, no more of them a second than wished; the tally after each batch."""
        size = max(1, min(BATCH, int(wishes.per_second)))
        for batch in letters.batches(size):
            started = self.clock()
            wanted = [(letter, fate) for letter, fate in self._sorted(batch) if fate in wishes.fates]
            chosen = dict(wanted[: self._left(wishes)])
            self._hand_over(chosen, letters, way)
            yield self.tally
            if self._asked_to_stop() or self._gives_up() or self._left(wishes) == 0:
                return
            self.pause(max(0.0, len(chosen) / wishes.per_second - (self.clock() - started)))
            if self._asked_to_stop():
                return

    def _left(self, wishes: Wishes) -> int | None:
        """How many more may be handed over; None: all."""
        return None if wishes.most is None else max(0, wishes.most - self.tally.handed_over - self.tally.not_taken)

    def _sorted(self, batch: Sequence[DeadLetter]) -> list[tuple[DeadLetter, Fate]]:
        now = self.now()
        fates = [(letter, fate_of(letter, self.queue.content, now=now, began=self.began)) for letter in batch]
        for letter, fate in fates:
            self.tally.count(letter, fate)
        return fates

    def _hand_over(self, chosen: Mapping[DeadLetter, Fate], letters: Letters, way: Way) -> None:
        if not chosen:
            return
        handed = way.hand_over(list(chosen))
        taken = [letter for letter in chosen if letter.id in handed.taken]
        for letter in taken:
            self.tally.done[chosen[letter]] += 1
        self.tally.not_taken += len(chosen) - len(taken)
        self.tally.why_not = handed.why_not or self.tally.why_not
        self._in_vain = 0 if taken else self._in_vain + 1
        if taken:
            self.tally.undeleted += letters.delete(taken)

    def _asked_to_stop(self) -> bool:
        if self.stopping():
            self.tally.stopped = "it was asked to stop"
        return bool(self.tally.stopped)

    def _gives_up(self) -> bool:
        if self._in_vain >= _PATIENCE:
            self.tally.stopped = f"nothing of {_PATIENCE} batches in a row was taken: {self.tally.why_not}"
        return bool(self.tally.stopped)
