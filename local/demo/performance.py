"""Plays an act: sends its message, and shows what happens until everything was seen or its time is over."""

import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.demo.acts import DEADLINES, Act
from local.demo.letters import fill_in
from local.demo.order import HELD_BACK, in_order
from local.demo.producer import Producer
from local.demo.screen import Screen
from local.demo.story import Story
from local.demo.watching import Happening, Happenings


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
                happening = self.happenings.get(timeout=HELD_BACK / 4)
            except queue.Empty:
                yield None
                continue
            if story.hear(happening):
                yield happening
