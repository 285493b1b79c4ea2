"""The ports `Outbox`, `Inbox`, `ReceiptDeadlines` and `Quarantine` in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.errors import QueueUnavailableError
from statline.contract.words import Channel, Priority


@dataclass
class FakeOutbox:
    """Remembers what was sent, in order. The queues in ``closed`` take nothing."""

    sent: list[Delivery] = field(default_factory=list)
    closed: set[tuple[Channel, Priority]] = field(default_factory=set)

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        unsent = [delivery for delivery in deliveries if (delivery.key.channel, delivery.priority) in self.closed]
        self.sent += [delivery for delivery in deliveries if delivery not in unsent]
        return unsent


@dataclass
class FakeInbox:
    """Remembers for how many seconds each message was hidden."""

    hidden: dict[str, float] = field(default_factory=dict)

    def postpone(self, receipts: Mapping[str, float]) -> None:
        self.hidden.update(receipts)


@dataclass
class FakeReceiptDeadlines:
    """Remembers what waits for a receipt, in order. ``away``: the queue takes nothing."""

    waiting: list[Delivery] = field(default_factory=list)
    away: bool = False

    def set(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        if self.away:
            return list(deliveries)
        self.waiting += deliveries
        return []


@dataclass
class FakeQuarantine:
    """Remembers bodies with their reasons. ``away``: the queue takes nothing."""

    kept: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    def keep(self, body: str, reason: str) -> None:
        if self.away:
            raise QueueUnavailableError("the quarantine queue is away")
        self.kept.append((body, reason))
