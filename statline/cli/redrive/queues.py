"""The dead-letter queues that people send back to work, and what their letters are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from statline.contract.words import Channel, Priority

PREFIX, ENDING = "statline-", "-dlq"


class Content(StrEnum):
    """What the letters of a queue are."""

    MESSAGE = "message"
    """A producer's, as it sent it. Who sent it decides what becomes of it, so no copy of it can be sent."""
    DELIVERY = "delivery"
    CHANGE = "change"
    """Of the directory."""
    LOOK = "look"
    """At an activation."""
    WORD = "word"
    """A receipt or an answer. An app's word is believed by its sender, as a producer's message is."""
    DEADLINE = "deadline"
    """Of the receipt of a delivery, which it names."""
    REPORT = "report"
    """Of a roll call."""


@dataclass(frozen=True, slots=True)
class DeadQueue:
    """A dead-letter queue by the name of the queue that it stands behind, without ``statline-``."""

    name: str
    content: Content

    @property
    def work(self) -> str:
        """The queue that a function works off."""
        return PREFIX + self.name

    @property
    def dead(self) -> str:
        """The queue that its dead letters lie in."""
        return PREFIX + self.name + ENDING

    @property
    def keeps_its_senders(self) -> bool:
        """Whether who sent a letter decides what becomes of it."""
        return self.content in {Content.MESSAGE, Content.WORD}

    @property
    def is_stat(self) -> bool:
        """Whether a function takes up its letters by itself."""
        return self.name.endswith(f"-{Priority.STAT}")


QUEUES: Mapping[str, DeadQueue] = {
    queue.name: queue
    for queue in (
        *(DeadQueue(f"ingress-{lane}", Content.MESSAGE) for lane in Priority),
        *(DeadQueue(f"{channel}-{lane}", Content.DELIVERY) for channel in Channel for lane in Priority),
        DeadQueue("escalation", Content.LOOK),
        DeadQueue("receipts", Content.WORD),
        DeadQueue("receipt-deadlines", Content.DEADLINE),
        DeadQueue("roll-calls", Content.REPORT),
        DeadQueue("directory-changes", Content.CHANGE),
    )
}


def named(name: str) -> DeadQueue | None:
    """The queue of a name, however much of it was written: ``push-urgent``, ``statline-push-urgent-dlq``."""
    return QUEUES.get(name.strip().removeprefix(PREFIX).removesuffix(ENDING))
