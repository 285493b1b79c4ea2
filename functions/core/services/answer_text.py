"""Answer a text that came in: a page, where it was sent to a pager's line; else a reply to an activation.

Whoever texts is answered in words, once, on the lane of stat texts. Not answered are the carriers' own words. And two
machines must not text each other for ever: who is not understood is told so once in a while only, and a text that comes
from a line, which is a machine of ours or says that it is one, is neither a page nor answered.

A thumb may be faster than we are: the first look at an activation enters the phones that it reaches. So an answer to
nothing that is known comes again for a while, before its sender is told that nothing waits.

A phone answers for everybody whose phone it is. Which of two people holds it, nobody knows: to cover the role of one of
them could be the wrong one's. So all of their roles are covered, and the answer says that they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from functions.core.domain.answers.acknowledgement import OpenActivation
from functions.core.domain.answers.replies import Reply, Sort, helped, read_reply, together, told
from functions.core.domain.answers.replying import reply_to
from functions.core.domain.delivering.delivery import Delivery, digest
from functions.core.domain.directory.entries import EntryKey, EntryKind
from functions.core.domain.errors import QueueUnavailableError, TemporaryError
from functions.core.domain.paging.pager_call import PagerAnswer, PagerCall
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Outbox
from functions.core.domain.ports.directory import Directory
from functions.core.domain.ports.escalation import Acknowledgements, Ladders, ReplyBook
from functions.core.services.acknowledge import Acknowledge
from statline.contract.directory import LineChange
from statline.contract.words import Via

HELP_AGAIN = timedelta(minutes=2)
"""How often at most somebody is told that a text was not understood, or the same of an answer that was."""
CLOCKS_DIFFER = timedelta(seconds=5)
"""How far a provider's clock may lie behind ours, and a text still be an answer to what was just opened."""
EARLY = timedelta(seconds=20)
"""How long an answer waits for the activation that it is to: its phone is entered after its text is on its way, and a
look whose worker died comes again within ten seconds. A page by text waits for nothing."""
MOST_LOOKED_AT = 30
"""How many of a phone's activations, the newest ones, a text without a code may mean: each is looked up."""

Owned = tuple[OpenActivation, ...]
"""What one activation is to a phone: an entry for each person whose phone it is."""


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


class AnswerTooEarlyError(TemporaryError):
    """A text is an answer, and its phone is entered for nothing that it may be to: it is to come again."""


class Became(StrEnum):
    """What became of a text."""

    PAGE = "page"
    ANSWER = "answer"
    HELP = "help"
    CARRIERS = "carriers"
    MACHINE = "machine"


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
        line, from_line = self._lines(text.line, text.sender)
        if from_line is not None:
            return TextAnswered(Became.MACHINE)
        opened_by_then = [
            each for each in self.reply_book.open_for(text.sender, self.clock()) if _could_mean(text, each)
        ]
        book = _by_activation(opened_by_then)
        if line is not None and not _answers(reply, book):
            return self._page(text, line)
        if self._may_be_early(text, reply, book):
            raise AnswerTooEarlyError("an answer came before the activation that it may be to was looked at")
        opened = self._meant(reply, book)
        return self._help(text, book) if opened is None else self._answer(text, reply, opened)

    def _may_be_early(self, text: IncomingText, reply: Reply, book: list[Owned]) -> bool:
        is_answer = reply.sort is Sort.ANSWER
        return is_answer and not _answers(reply, book) and self.clock() - text.at < EARLY

    def _lines(self, *numbers: str) -> list[LineChange | None]:
        """The lines that these numbers are, in order."""
        keys = [EntryKey("", EntryKind.LINE, number) for number in numbers]
        found = self.directory.find(list(dict.fromkeys(keys)))
        entries = (found.get(key) for key in keys)
        return [entry if isinstance(entry, LineChange) else None for entry in entries]

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

    def _meant(self, reply: Reply, book: list[Owned]) -> Owned | None:
        """Which activation a reply is to; None where that cannot be said, or the text is no answer."""
        if reply.sort is not Sort.ANSWER:
            return None
        waiting = self._waiting([owned for owned in book if reply.code in {"", owned[0].code}])
        # Two of one code are told apart by nobody: the newest is the one whose text was read last.
        return waiting[0] if len(waiting) == 1 or (waiting and reply.code) else None

    def _waiting(self, book: list[Owned]) -> list[Owned]:
        """Those of the newest that still wait for somebody whose phone it is; all of them, where none does."""
        newest = book[:MOST_LOOKED_AT]
        return (newest if len(newest) == 1 else [owned for owned in newest if self._waits(owned)]) or newest

    def _waits(self, owned: Owned) -> bool:
        tenant, activation = owned[0].tenant, owned[0].activation
        said = self.acknowledgements.of(tenant, activation)
        if said.stood_down is not None or {each.user for each in owned} <= {word.user for word in said.words}:
            return False
        ladders = self.ladders.of(tenant, activation)
        return not ladders or any(ladder.climbing for ladder in ladders)

    def _answer(self, text: IncomingText, reply: Reply, owned: Owned) -> TextAnswered:
        opened = owned[0]
        said = together(
            [
                self.acknowledge(each.tenant, each.activation, each.user, reply.answer, Via.SMS, said_at=text.at)
                for each in self._asked(owned)
            ]
        )
        words = told(said)
        self._send(
            reply_to(
                _once_in_a_while(text, opened.activation, words),
                text.sender,
                words,
                self.clock(),
                provider=text.provider,
                tenant=opened.tenant,
                user=opened.user,
            )
        )
        return TextAnswered(Became.ANSWER, opened, said.result)

    def _asked(self, owned: Owned) -> Owned:
        """Whom a text answers for. Who has answered otherwise has said so in person; all, where everybody has."""
        if len(owned) == 1:
            return owned
        said = self.acknowledgements.of(owned[0].tenant, owned[0].activation)
        in_person = {word.user for word in said.words if word.via is not Via.SMS}
        return tuple(each for each in owned if each.user not in in_person) or owned

    def _help(self, text: IncomingText, book: list[Owned]) -> TextAnswered:
        now = self.clock()
        waiting = self._waiting(book)
        window = int(now.timestamp() // HELP_AGAIN.total_seconds())
        help_id = f"help-{digest('phone', text.sender)}-{window}"
        said = helped([owned[0].code for owned in waiting])
        self._send(reply_to(help_id, text.sender, said, now, provider=text.provider))
        return TextAnswered(Became.HELP)

    def _send(self, answer: Delivery) -> None:
        if self.outbox.send([answer]):
            raise QueueUnavailableError("the queue of stat texts took no answer")


def _could_mean(text: IncomingText, opened: OpenActivation) -> bool:
    """Whether a text may be an answer to an activation: one that was held up on its way answers no later one."""
    return opened.opened_at <= text.at + CLOCKS_DIFFER


def _once_in_a_while(text: IncomingText, activation: str, words: str) -> str:
    """What names our answer: the same words on the same activation go to a phone once in a while.

    A phone that answers each of our answers with another 1 would else be answered for ever. By the text's own moment: a
    text that comes again names the same answer again.
    """
    window = int(text.at.timestamp() // HELP_AGAIN.total_seconds())
    return f"answer-{digest('phone', text.sender, activation, words)}-{window}"


def _by_activation(entries: Iterable[OpenActivation]) -> list[Owned]:
    """The entries of each activation together, in the order of the first of each."""
    found: dict[tuple[str, str], list[OpenActivation]] = {}
    for each in entries:
        found.setdefault((each.tenant, each.activation), []).append(each)
    return [tuple(sorted(owned, key=lambda each: each.user)) for owned in found.values()]


def _answers(reply: Reply, book: list[Owned]) -> bool:
    """Whether a text is an answer to something that its phone was paged for: then it is no page, to a line either."""
    return reply.sort is Sort.ANSWER and any(reply.code in {"", owned[0].code} for owned in book)
