"""What became of one act: its moments so far, whether everything that it must show was seen, and its hops."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from local.demo.acts import Act, Stage
from local.demo.letters import Letter
from local.demo.producer import Taken
from local.demo.watching import Happening, epoch_of
from local.sandbox.people.calls import Happening as Lived
from local.sandbox.records import Received
from statline.contract.events import DeliveryStateChanged, MessageRefused, NotificationRouted
from statline.contract.words import Channel, DeliveryState


@dataclass(frozen=True, slots=True)
class Hops:
    """One channel's moments, in seconds after the producer's request."""

    routed: float
    rang: float
    accepted: float


@dataclass(slots=True)
class Story:
    """One act on one stage, as far as it was heard of."""

    stage: Stage
    act: Act
    letter: Letter
    taken: Taken
    routed: NotificationRouted | None = None
    refusal: MessageRefused | None = None
    rang: dict[Channel, Received] = field(default_factory=dict)
    accepted: dict[Channel, DeliveryStateChanged] = field(default_factory=dict)

    def hear(self, happening: Happening) -> bool:
        """Take a happening in; False where it belongs to another story."""
        if not self._is_ours(happening):
            return False
        match happening:
            case NotificationRouted():
                self.routed = happening
            case MessageRefused():
                self.refusal = happening
            case Received():
                self.rang[Channel(happening.channel)] = happening
            case DeliveryStateChanged(state=DeliveryState.ACCEPTED):
                self.accepted[happening.channel] = happening
        return True

    def _is_ours(self, happening: Happening) -> bool:
        match happening:
            case Lived():
                return False
            case Received():
                return happening.data.get("statline_notification") == self.letter.notification
            case MessageRefused():
                return happening.message_id == self.taken.message_id
            case _:
                return (happening.tenant, happening.notification) == (self.stage.tenant, self.letter.notification)

    def moment(self, happening: Happening) -> float:
        """When it happened (not: when it was heard of), in seconds after the producer's request."""
        return epoch_of(happening) - self.taken.sent_at

    @property
    def missing(self) -> list[str]:
        """What the act must still show."""
        if self.act.refused:
            return [] if self.refusal and self.refusal.reason is self.act.refused else ["the refusal's event"]
        return ["the event that it was routed"] * (self.routed is None) + [
            f"{what} ({channel})"
            for channel in sorted(self.act.accepted)
            for what, seen in (("the phone", self.rang), ("the provider's acceptance", self.accepted))
            if channel not in seen
        ]

    @property
    def hops(self) -> Iterator[tuple[Channel, Hops]]:
        """The hops of every channel that went the whole way."""
        for channel in Channel:
            if self.routed and channel in self.rang and channel in self.accepted:
                yield (
                    channel,
                    Hops(
                        self.moment(self.routed), self.moment(self.rang[channel]), self.moment(self.accepted[channel])
                    ),
                )
