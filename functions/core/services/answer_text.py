"""Answer a text that came in: a page, where it was sent to a pager's line; else a reply to an activation.

Whoever texts is answered in words, once, on the lane of stat texts. Not answered are the carriers' own words. And who
is not understood is told so once in a while only: two machines could otherwise text each other for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from functions.core.domain.acknowledgement import OpenActivation
from functions.core.domain.delivery import Delivery, digest
from functions.core.domain.directory import EntryKey, EntryKind
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.pager_call import PagerAnswer, PagerCall
from functions.core.domain.ports import Acknowledgements, Clock, Directory, Ladders, Outbox, ReplyBook
from functions.core.domain.replies import Reply, Sort, helped, read_reply, told
from functions.core.domain.replying import reply_to
from functions.core.services.acknowledge import Acknowledge
from statline.contract.directory import LineChange
from statline.contract.words import Via

HELP_AGAIN = timedelta(minutes=2)
"""How often at most somebody is told that a text was not understood."""


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text to one of our numbers. ``sender`` and ``line`` are E.164.

    provider: the one that the answer must go back by; empty: whichever is up.
    """

    id: str
    sender: str
    line: str
    body: str
    at: datetime
    provider: str = ""


class Became(StrEnum):
    """What became of a text."""

    PAGE = "page"
    ANSWER = "answer"
    HELP = "help"
    CARRIERS = "carriers"


@dataclass(frozen=True, slots=True)
class TextAnswered:
    """What became of a text, and of which activation, where it is an answer to one. ``detail``: the result's word."""

    became: Became
    opened: OpenActivation | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The use case, with its ports. ``page`` pages by number, as `PageByNumber` does."""

    directory: Directory
    page: Callable[[PagerCall], PagerAnswer]
    reply_book: ReplyBook
    acknowledgements: Acknowledgements
    ladders: Ladders
    acknowledge: Acknowledge
    outbox: Outbox
    clock: Clock

    def __call__(self, text: IncomingText) -> TextAnswered:
        """Do what a text asks for, and answer it. The same text again is the same answer.

        Raises `TemporaryError`: the text is to come again.
        """
        reply = read_reply(text.body)
        if reply.sort is Sort.CARRIERS:
            return TextAnswered(Became.CARRIERS)
        key = EntryKey("", EntryKind.LINE, text.line)
        line = self.directory.find([key]).get(key)
        if isinstance(line, LineChange):
            return self._page(text, line)
        book = self.reply_book.open_for(text.sender, self.clock())
        opened = self._meant(reply, book)
        return self._help(text, book) if opened is None else self._answer(text, reply, opened)

    def _page(self, text: IncomingText, line: LineChange) -> TextAnswered:
        call = PagerCall(line=text.line, caller=text.sender, id=text.id, text=text.body, at=text.at)
        answer = self.page(call)
        self._send(
            reply_to(
                text.id,
                text.sender,
                answer.said,
                self.clock(),
                sender=text.line,
                provider=text.provider,
                tenant=line.tenant,
            )
        )
        return TextAnswered(Became.PAGE, detail="paged" if answer.paged else "not_paged")

    def _meant(self, reply: Reply, book: list[OpenActivation]) -> OpenActivation | None:
        """Which activation a reply is to; None where that cannot be said, or the text is no answer."""
        if reply.sort is not Sort.ANSWER:
            return None
        if reply.code:
            return next((each for each in book if each.code == reply.code), None)
        waiting = self._waiting(book)
        return waiting[0] if len(waiting) == 1 else None

    def _waiting(self, book: list[OpenActivation]) -> list[OpenActivation]:
        """Those that still wait for this person; all of them, where none does."""
        return (book if len(book) == 1 else [each for each in book if self._waits(each)]) or book

    def _waits(self, opened: OpenActivation) -> bool:
        said = self.acknowledgements.of(opened.tenant, opened.activation)
        if said.stood_down is not None or any(word.user == opened.user for word in said.words):
            return False
        ladders = self.ladders.of(opened.tenant, opened.activation)
        return not ladders or any(ladder.climbing for ladder in ladders)

    def _answer(self, text: IncomingText, reply: Reply, opened: OpenActivation) -> TextAnswered:
        said = self.acknowledge(opened.tenant, opened.activation, opened.user, reply.answer, Via.SMS, said_at=text.at)
        self._send(
            reply_to(
                text.id,
                text.sender,
                told(said),
                self.clock(),
                provider=text.provider,
                tenant=opened.tenant,
                user=opened.user,
            )
        )
        return TextAnswered(Became.ANSWER, opened, said.result)

    def _help(self, text: IncomingText, book: list[OpenActivation]) -> TextAnswered:
        now = self.clock()
        waiting = self._waiting(book)
        window = int(now.timestamp() // HELP_AGAIN.total_seconds())
        help_id = f"help-{digest('phone', text.sender)}-{window}"
        said = helped([each.code for each in waiting])
        self._send(reply_to(help_id, text.sender, said, now, provider=text.provider))
        return TextAnswered(Became.HELP)

    def _send(self, answer: Delivery) -> None:
        if self.outbox.send([answer]):
            raise QueueUnavailableError("the queue of stat texts took no answer")
