"""A dead letter, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from statline.cli.redrive.queues import Content
from statline.cli.redrive.times import UnreadableLetterError, deadline_of

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef


_SLACK = timedelta(seconds=10)
"""Between two clocks. A letter dies of fifty receives, which take minutes: a redrive of ours is told all the same."""


class Fate(StrEnum):
    """What a redrive does with a letter."""

    AGAIN = "again"
    """It is in time, or has no deadline: back to work."""
    EXPIRED = "expired"
    """Its time is over: whoever gets it now would take it for fresh."""
    STALE = "stale"
    """Its time is over, and its function could not tell: it would do something else than was meant. It stays."""
    UNREADABLE = "unreadable"
    """No worker could do anything with it: it stays."""
    RETURNED = "returned"
    """It was sent after this began, so it is one that died again: it stays."""


_LATE: Mapping[Content, Fate] = {Content.WORD: Fate.STALE, Content.REPORT: Fate.STALE}
"""What becomes of a letter whose time is over; EXPIRED, where its function records that."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message of a dead-letter queue. The body may name a patient: it is in no text that this makes.

    receipt: what it is deleted or released by, from the last time that it was received.
    group: its tenant, where its queue shares fairly between tenants.
    """

    id: str
    body: str = field(repr=False)
    sender: str
    sent_at: datetime
    receipt: str
    group: str | None = None


def letter_in(message: "MessageTypeDef") -> DeadLetter:
    """The letter in what SQS hands out, with all its attributes."""
    attributes = message["Attributes"]
    return DeadLetter(
        id=message["MessageId"],
        body=message["Body"],
        sender=attributes.get("SenderId", ""),
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receipt=message["ReceiptHandle"],
        group=attributes.get("MessageGroupId"),
    )


def fate_of(letter: DeadLetter, content: Content, *, now: datetime, began: datetime) -> Fate:
    """What is to become of a letter. began: when the redrive did."""
    if letter.sent_at > began + _SLACK:
        return Fate.RETURNED
    try:
        deadline = deadline_of(content, letter.body, letter.sent_at)
    except UnreadableLetterError:
        return Fate.UNREADABLE
    return _LATE.get(content, Fate.EXPIRED) if deadline is not None and deadline <= now else Fate.AGAIN


@dataclass(slots=True)
class Tally:
    """What was found, and what was done with it, so far.

    done: what work has taken. undeleted: taken, and still in the dead-letter queue. why_not: why letters were not
    taken. stopped: why it did not go on to the end.
    """

    found: int = 0
    fates: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    done: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    not_taken: int = 0
    undeleted: int = 0
    why_not: str = ""
    senders: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    newest: datetime | None = None
    stopped: str = ""

    def count(self, letter: DeadLetter, fate: Fate) -> None:
        """A letter was found."""
        self.found += 1
        self.fates[fate] += 1
        self.senders[letter.sender] = self.senders.get(letter.sender, 0) + 1
        self.oldest = min(self.oldest or letter.sent_at, letter.sent_at)
        self.newest = max(self.newest or letter.sent_at, letter.sent_at)

    @property
    def handed_over(self) -> int:
        """How many letters work has taken."""
        return sum(self.done.values())

    def age(self, now: datetime) -> timedelta:
        """How long ago the oldest letter was first sent."""
        return now - self.oldest if self.oldest else timedelta(0)
