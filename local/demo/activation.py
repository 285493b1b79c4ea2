"""The second act: a code in Canada that its team's lead does not hear of, and what becomes of it."""

import queue
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from local.demo.acts import Stage
from local.demo.crew import Member, crew_of, habits_of
from local.demo.letters import Letter, fill_in
from local.demo.performance import in_order
from local.demo.producer import Producer, Taken
from local.demo.screen import Screen
from local.demo.watching import Happening, Happenings
from local.sandbox.client import SandboxClient
from local.sandbox.people.calls import Happening as Lived
from statline.contract.events import DeliveryStateChanged, LadderEnded, NotificationRouted, RoleCovered, StepFired
from statline.contract.words import DeliveryState, LadderState, Priority

TITLE = "A code blue: a call that nobody takes, an escalation, a key, and silence"
NOTE = "Each role has a ladder of its own. The lead's telephone rings unanswered; the others accept by key or by text."
MESSAGE, TEAM, UNANSWERED = "code-blue", "code-blue", "lead"
DEADLINE = 180.0
"""Seconds until the last role is covered: two steps of half a minute, and what people take."""
LISTENED = 5.0
"""Seconds of silence after which it is believed."""
_LOOK_AGAIN = 0.2


@dataclass(slots=True)
class ActivationStory:
    """What was heard of the activation."""

    stage: Stage
    crew: Sequence[Member]
    letter: Letter
    taken: Taken
    routed: NotificationRouted | None = None
    covered: dict[str, RoleCovered] = field(default_factory=dict)
    ended: dict[str, LadderState] = field(default_factory=dict)
    steps: list[StepFired] = field(default_factory=list)
    unanswered: int = 0
    cancelled: int = 0
    last_ring: float = 0.0

    def hear(self, happening: Happening) -> bool:
        """Take a happening in; False where the screen need not tell of it."""
        if isinstance(happening, Lived):
            return self._lived(happening)
        if getattr(happening, "notification", "") != self.letter.notification:
            return False
        match happening:
            case NotificationRouted():
                self.routed = happening
            case RoleCovered():
                self.covered[happening.role] = happening
            case LadderEnded():
                self.ended[happening.role] = happening.state
                return happening.state is not LadderState.ACKNOWLEDGED
            case StepFired():
                self.steps.append(happening)
            case DeliveryStateChanged():
                self.cancelled += happening.state is DeliveryState.CANCELLED
                return happening.state is DeliveryState.CANCELLED
            case _:
                return False
        return True

    def _lived(self, lived: Lived) -> bool:
        if self.member(lived.phone) is None or lived.at < self.taken.sent_at:
            return False
        self.unanswered += lived.what == "ended" and lived.text == "unanswered"
        self.last_ring = lived.at
        return lived.what in {"rings", "presses", "texts"} or (lived.what == "ended" and lived.text != "over")

    def member(self, phone: str) -> Member | None:
        """Whose telephone it is."""
        return next((member for member in self.crew if member.phone == phone), None)

    def named(self, user: str) -> str:
        """What somebody is there for."""
        return next((str(member) for member in self.crew if member.user == user), user)

    def moment(self, happening: Happening) -> float:
        """When it happened, in seconds after the producer's request."""
        at = happening.at if isinstance(happening.at, float) else happening.at.timestamp()
        return at - self.taken.sent_at

    @property
    def missing(self) -> list[str]:
        """What the act must still show."""
        roles = dict.fromkeys(member.role for member in self.crew)
        return [
            *["the event that it was routed"] * (self.routed is None),
            *["a call that nobody takes"] * (self.unanswered == 0),
            *["a step of escalation"] * (not self.steps),
            *(f"somebody for {role}" for role in roles if role not in self.covered),
            *(f"the end of the ladder of {role}" for role in roles if role not in self.ended),
        ]


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
        self.screen.covered(story, self._seconds_of_silence(story))
        if story.missing:
            self.screen.missing(story.missing, DEADLINE)
        return story

    def _ours(self, story: ActivationStory) -> Iterator[Happening | None]:
        """What is heard of it until nothing is missing and nothing rings any more; None now and then, for the clock."""
        end = story.taken.sent_at + DEADLINE
        while time.time() < end and (story.missing or time.time() - story.last_ring < LISTENED):
            try:
                happening = self.happenings.get(timeout=_LOOK_AGAIN)
            except queue.Empty:
                yield None
                continue
            if story.hear(happening):
                yield happening

    def _seconds_of_silence(self, story: ActivationStory) -> float:
        return time.time() - story.last_ring
