"""The dead-letter queues that people send back to work, and what their letters are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.core.adapters.channel_entrance import read_delivery
from functions.core.domain.errors import MalformedDeliveryError
from functions.core.domain.reading import Unreadable, read_notification
from statline.contract.words import Channel, Priority

PREFIX, ENDING = "statline-", "-dlq"


class Content(StrEnum):
    """What the letters of a queue are."""

    MESSAGE = "message"
    """A producer's, as it sent it. Who sent it decides what becomes of it, so no copy of it can be sent."""
    DELIVERY = "delivery"
    CHANGE = "change"
    """Of the directory."""


class UnreadableLetterError(Exception):
    """A letter is not what its queue holds. What it says is never quoted."""


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
    def is_stat(self) -> bool:
        """Whether a function takes up its letters by itself."""
        return self.name.endswith(f"-{Priority.STAT}")


QUEUES: Mapping[str, DeadQueue] = {
    queue.name: queue
    for queue in (
        *(DeadQueue(f"ingress-{lane}", Content.MESSAGE) for lane in Priority),
        *(DeadQueue(f"{channel}-{lane}", Content.DELIVERY) for channel in Channel for lane in Priority),
        DeadQueue("directory-changes", Content.CHANGE),
    )
}


def named(name: str) -> DeadQueue | None:
    """The queue of a name, however much of it was written: ``push-urgent``, ``statline-push-urgent-dlq``."""
    return QUEUES.get(name.strip().removeprefix(PREFIX).removesuffix(ENDING))


def deadline_of(content: Content, body: str) -> datetime | None:
    """When the letter's time is over; None where it has none. Raises `UnreadableLetterError`."""
    return _DEADLINES[content](body)


def _of_message(body: str) -> datetime | None:
    """What the router cannot read it refuses, keeps aside and answers: that is its work, and has no deadline."""
    read = read_notification(body)
    return None if isinstance(read, Unreadable) else read.expires_at


def _of_delivery(body: str) -> datetime | None:
    try:
        return read_delivery(body).expires_at
    except MalformedDeliveryError as cause:
        raise UnreadableLetterError("it is no delivery that this version of the command line knows") from cause


def _of_change(_: str) -> datetime | None:
    """A change is as good as ever, and an older one than the stored one changes nothing."""
    return None


_DEADLINES: Mapping[Content, Callable[[str], datetime | None]] = {
    Content.MESSAGE: _of_message,
    Content.DELIVERY: _of_delivery,
    Content.CHANGE: _of_change,
}
