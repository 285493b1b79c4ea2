"""Until when a dead letter is still worth its work, by what its queue holds."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from functions.core.adapters.channel.entrance import read_delivery
from functions.core.adapters.queues.escalation_queue import MalformedLookError, read_look
from functions.core.domain.errors import MalformedDeliveryError
from functions.core.domain.routing.reading import Unreadable, read_notification
from functions.core.services.answer_text import IncomingText
from functions.receipts.reading import read_word
from statline.cli.redrive.queues import Content

TEXT_ANSWERS_FOR = timedelta(minutes=10)
"""A text answers what waits when it is read. An hour later its 1 would accept another activation."""
ROLLS_ARE_KNOWN_FOR = timedelta(days=7)
"""Afterwards the state table has forgotten the roll call, and a report would say that nobody was called."""


class UnreadableLetterError(Exception):
    """A letter is not what its queue holds. What it says is never quoted."""


def deadline_of(content: Content, body: str, sent_at: datetime) -> datetime | None:
    """When the time of a letter is over that was sent then; None where it has none. Raises `UnreadableLetterError`."""
    return _DEADLINES[content](body, sent_at)


def _of_message(body: str, _: datetime) -> datetime | None:
    """What the router cannot read it refuses, keeps aside and answers: that is its work, and has no deadline."""
    read = read_notification(body)
    return None if isinstance(read, Unreadable) else read.expires_at


def _of_delivery(body: str, _: datetime) -> datetime | None:
    try:
        return read_delivery(body).expires_at
    except MalformedDeliveryError as cause:
        raise UnreadableLetterError("it is no delivery that this version of the command line knows") from cause


def _of_change(_: str, __: datetime) -> datetime | None:
    """A change is as good as ever, and an older one than the stored one changes nothing."""
    return None


def _of_look(body: str, _: datetime) -> datetime | None:
    """A look is never too late: what is done depends on what is stored, and what is over ends."""
    try:
        read_look(body)
    except MalformedLookError as cause:
        raise UnreadableLetterError("it is no look that this version of the command line knows") from cause
    return None


def _of_deadline(body: str, sent_at: datetime) -> datetime | None:
    """Nor is a deadline: of a delivery that has expired its function finds that there is nothing to do."""
    _of_delivery(body, sent_at)
    return None


def _of_word(body: str, _: datetime) -> datetime | None:
    """A receipt moves no state backwards, and an app names what it answers; what nobody understands is kept aside."""
    word = read_word(body, "", {})
    return word.at + TEXT_ANSWERS_FOR if isinstance(word, IncomingText) else None


def _of_report(_: str, sent_at: datetime) -> datetime | None:
    return sent_at + ROLLS_ARE_KNOWN_FOR


_DEADLINES: Mapping[Content, Callable[[str, datetime], datetime | None]] = {
    Content.MESSAGE: _of_message,
    Content.DELIVERY: _of_delivery,
    Content.CHANGE: _of_change,
    Content.LOOK: _of_look,
    Content.WORD: _of_word,
    Content.DEADLINE: _of_deadline,
    Content.REPORT: _of_report,
}
