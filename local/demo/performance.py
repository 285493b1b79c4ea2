"""Plays an act: sends its message, and shows what happens until everything was seen or its time is over."""

import heapq
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from local.demo.acts import DEADLINES, Act
from local.demo.letters import fill_in
from local.demo.producer import Producer, Taken
from local.demo.screen import Screen
from local.demo.story import Story
from local.demo.watching import Happening, Happenings

_HELD_BACK = 0.8
"""Seconds for which a happening waits for earlier ones: phones are heard of at once, events come over the bus."""


class Told(Protocol):
    """A story whose happenings have their moments."""

    taken: Taken

    def moment(self, happening: Happening) -> float:
        """When it happened, in seconds after the producer's request."""


@dataclass(frozen=True, slots=True)
class Performance:
    """Plays acts one after another. `folder` takes the filled-in messages."""

    screen: Screen
    happenings: Happenings
    folder: Path

    def play(self, producer: Producer, act: Act) -> Story:
        """Send, show, and return what was seen; `Story.missing` says what was not."""
        letter = fill_in(act.file, producer.stage, datetime.now(UTC), self.folder)
        self.screen.act(act, producer.command(act.lane, letter.path))
        story = Story(producer.stage, act, letter, producer.send(act.lane, letter.path))
        self.screen.taken(story.taken)
        for happening in in_order(self._ours(story), story):
            self.screen.happened(story, happening)
        if story.missing:
            self.screen.missing(story.missing, DEADLINES[act.lane])
        return story

    def _ours(self, story: Story) -> Iterator[Happening | None]:
        """The story's happenings as they are heard of until nothing is missing; None now and then, for the clock."""
        end = story.taken.sent_at + DEADLINES[story.act.lane]
        while story.missing and time.time() < end:
            try:
                happening = self.happenings.get(timeout=_HELD_BACK / 4)
            except queue.Empty:
                yield None
                continue
            if story.hear(happening):
                yield happening


def in_order(heard: Iterator[Happening | None], story: Told) -> Iterator[Happening]:
    """The happenings by the moment at which they happened, each held back a little for those before it."""
    waiting: list[tuple[float, int, Happening]] = []
    number = count()
    for happening in heard:
        if happening is not None:
            heapq.heappush(waiting, (story.moment(happening), next(number), happening))
        while waiting and time.time() - story.taken.sent_at - waiting[0][0] > _HELD_BACK:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
