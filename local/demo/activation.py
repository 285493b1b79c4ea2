"""What was heard of a code: its roles and who covers them, its steps, and what the team's phones live through."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from local.demo.acts import Stage
from local.demo.crew import Member
from local.demo.letters import Letter
from local.demo.producer import Taken
from local.demo.watching import Happening, epoch_of
from local.sandbox.people.calls import Happening as Lived
from statline.contract.events import DeliveryStateChanged, LadderEnded, NotificationRouted, RoleCovered, StepFired
from statline.contract.words import DeliveryState, LadderState


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
    on_the_phone: set[str] = field(default_factory=set)
    """The calls that ring or go on, by the provider's ids."""
    last_heard: float = 0.0
    """Epoch seconds of the last that the team's telephones lived through."""

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
        self.last_heard = lived.at
        if lived.what == "rings":
            self.on_the_phone.add(lived.call)
        elif lived.what == "ended":
            self.on_the_phone.discard(lived.call)
        return lived.what in {"rings", "presses", "texts"} or (lived.what == "ended" and lived.text != "over")

    def silence(self, now: float) -> float:
        """For how many seconds all telephones of the team have been silent (now: epoch seconds); 0 while one is not."""
        return 0.0 if self.on_the_phone else now - max(self.last_heard, self.taken.sent_at)

    def member(self, phone: str) -> Member | None:
        """Whose telephone it is."""
        return next((member for member in self.crew if member.phone == phone), None)

    def named(self, user: str) -> str:
        """What somebody is there for."""
        return next((str(member) for member in self.crew if member.user == user), user)

    def moment(self, happening: Happening) -> float:
        """When it happened, in seconds after the producer's request."""
        return epoch_of(happening) - self.taken.sent_at

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
            *["the end of every call"] * bool(self.on_the_phone),
        ]
