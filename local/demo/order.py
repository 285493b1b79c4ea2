"""In which order happenings are told: phones are heard of at once, events come over the bus a little later."""

import heapq
import time
from collections.abc import Iterator
from itertools import count
from typing import Protocol

from local.demo.producer import Taken
from local.demo.watching import Happening

HELD_BACK = 0.8
"""Seconds for which a happening waits for earlier ones."""


class Told(Protocol):
    """A story whose happenings have their moments."""

    taken: Taken

    def moment(self, happening: Happening) -> float:
        """When it happened, in seconds after the producer's request."""


def in_order(heard: Iterator[Happening | None], story: Told) -> Iterator[Happening]:
    """The happenings by the moment at which they happened, each held back a little for those before it."""
    waiting: list[tuple[float, int, Happening]] = []
    number = count()
    for happening in heard:
        if happening is not None:
            heapq.heappush(waiting, (story.moment(happening), next(number), happening))
        while waiting and time.time() - story.taken.sent_at - waiting[0][0] > HELD_BACK:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
