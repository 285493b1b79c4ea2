"""The second act: a code in Canada that its team's lead does not hear of, and what becomes of it."""

import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.demo.activation import ActivationStory
from local.demo.crew import crew_of, habits_of
from local.demo.letters import fill_in
from local.demo.order import in_order
from local.demo.producer import Producer
from local.demo.screen import Screen
from local.demo.watching import Happening, Happenings
from local.sandbox.client import SandboxClient
from statline.contract.words import Priority

TITLE = "A code blue: a call that nobody takes, an escalation, a key, and silence"
NOTE = "Each role has a ladder of its own. The lead's telephone rings unanswered; the others accept by key or by text."
MESSAGE, TEAM, UNANSWERED = "code-blue", "code-blue", "lead"
DEADLINE = 180.0
"""Seconds until the last role is covered: two steps of half a minute, and what people take."""
LISTENED = 5.0
"""Seconds of silence after which it is believed."""
_LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class SecondAct:
    """Plays it. `folder` takes the filled-in message."""

    screen: Screen
    happenings: Happenings
    sandbox: SandboxClient
    folder: Path

    def play(self, producer: Producer) -> ActivationStory:
        """Send the code, show what comes of it, and listen into the silence after it."""
        stage, now = producer.stage, datetime.now(UTC)
        crew = crew_of(stage.region, stage.tenant, TEAM, now)
        self.sandbox.set_habits(habits_of(crew, UNANSWERED))
        letter = fill_in(MESSAGE, stage, now, self.folder)
        self.screen.second_act(TITLE, NOTE, producer.command(Priority.STAT, letter.path))
        story = ActivationStory(stage, crew, letter, producer.send(Priority.STAT, letter.path))
        self.screen.taken(story.taken)
        for happening in in_order(self._ours(story), story):
            self.screen.lived(story, happening)
        self.screen.covered(story, story.silence(time.time()))
        if story.missing:
            self.screen.missing(story.missing, DEADLINE)
        return story

    def _ours(self, story: ActivationStory) -> Iterator[Happening | None]:
        """What is heard of it until nothing is missing and nothing rings any more; None now and then, for the clock."""
        end = story.taken.sent_at + DEADLINE
        while time.time() < end and (story.missing or story.silence(time.time()) < LISTENED):
            try:
                happening = self.happenings.get(timeout=_LOOK_AGAIN)
            except queue.Empty:
                yield None
                continue
            if story.hear(happening):
                yield happening
