"""The witnesses: the providers' own log, what each worker read of acknowledgements, every word that was said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from functions.core.domain.answers.acknowledgement import Word
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.delivering.record import DeliveryRecord
from statline.contract.words import Channel
from tests.fakes.acknowledgements import FakeAcknowledgements

if TYPE_CHECKING:
    from tests.property.ladders.world import World

ANSWERS: dict[str, Outcome] = {
    "accepted": Accepted("p-1"),
    "throttled": RetryLater("throttled"),
    "refused": NeverRetry("refused"),
    "lost": Unknown("timeout"),
}


@dataclass(frozen=True)
class Call:
    """One call of a provider. ``told``: whether its worker lived to store the answer."""

    delivery: Delivery
    at: datetime
    answer: str
    told: bool = True


@dataclass
class Remembering(FakeAcknowledgements):
    """Every word that was noted, and not each person's last one alone."""

    said: list[Word] = field(default_factory=list)

    def note(self, word: Word) -> None:
        super().note(word)
        self.said.append(word)


@dataclass
class Provider:
    """A channel's provider. Its log is the witness: our table could flatter us."""

    world: "World"
    channel: Channel
    name: str = "fake"

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        answer = self.world.answers[self.channel]
        for delivery in deliveries:
            if delivery.roles and self.world.seen.get(delivery.key, True):
                self.world.late_calls.append(delivery)
            self.world.calls.append(Call(delivery, self.world.clock(), answer))
        self.world.faults.step()
        return [ANSWERS[answer] for _ in deliveries]


@dataclass
class Watched:
    """The state table, and what a worker reads of acknowledgements in it."""

    world: "World"

    def write(self, records: Sequence[DeliveryRecord]) -> list[DeliveryRecord | None]:
        return self.world.states.write(records)

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        return self.world.states.read(keys)

    def acknowledged(self, deliveries: Sequence[Delivery]) -> list[bool]:
        silent = self.world.states.acknowledged(deliveries)
        self.world.seen |= {delivery.key: each for delivery, each in zip(deliveries, silent, strict=True)}
        return silent


class NoAddressBook:
    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """Nothing to see here."""
