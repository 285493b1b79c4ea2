"""What people text back, read; and what everybody who answers is told, in a text or by a voice.

Carriers and providers take some words for themselves: whoever sends one of them gets no text from us any more, or gets
the carrier's own answer. They are no replies of ours, and nothing of ours answers them. The lists: Twilio, "Support for
opt-out keywords (SMS STOP filtering)"; AWS End User Messaging, "Required opt-out keywords"; CWTA's French words (ARRET,
AIDE).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from functions.core.domain.escalation.activation import CODE_LENGTH
from statline.contract.words import Answer

ANSWERS: Mapping[str, Answer] = {
    **dict.fromkeys(("1", "ACK", "ACCEPT", "ACCEPTE", "OUI", "YES"), Answer.ACCEPT),
    **dict.fromkeys(("2", "DECLINE", "REFUSE", "NON", "NO"), Answer.DECLINE),
}
CARRIERS_WORDS = frozenset(
    {
        *(
            "STOP",
            "STOPALL",
            "UNSUBSCRIBE",
            "CANCEL",
            "END",
            "QUIT",
            "OPTOUT",
            "REVOKE",
            "REMOVE",
            "TD",
            "ARRET",
            "ARRETER",
        ),
        *("START", "UNSTOP", "COMMENCER"),
        *("HELP", "INFO", "AIDE"),
    }
)
_WORDS = re.compile(r"[^\W_]+")
"""Of any script: who writes more than a 1 in letters that we cannot read may have written that nobody is coming."""


class Sort(StrEnum):
    """What sort of reply a text is."""

    ANSWER = "answer"
    CARRIERS = "carriers"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reply:
    """A text that was sent back. ``code``: the activation that it names; empty where it names none."""

    sort: Sort
    answer: Answer = Answer.ACCEPT
    code: str = ""


class Result(StrEnum):
    """What became of a person's answer."""

    FIRST = "first"
    """The person accepted, and is the first one of at least one role."""
    LATE = "late"
    """The person accepted, and others had accepted all of the roles before."""
    DECLINED = "declined"
    HELD = "held"
    """The person declined, having accepted before: the role stays this person's, and nobody else is paged."""
    NOT_PAGED = "not_paged"
    """There is no such activation, or it paged somebody else. Nothing was noted."""
    OVER = "over"
    """It expired, or was called off. The word was noted, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person is told.

    roles: the ones that the person covers now, else those that it was paged for.
    people: how many people the answer was taken down for: those whose phone it is.
    """

    result: Result
    roles: tuple[str, ...] = ()
    code: str = ""
    people: int = 1


SENTENCES: Mapping[Result, str] = {
    Result.FIRST: "You are coming to {code}. It is noted, and you are the first.",
    Result.LATE: "You are coming to {code}, too. Somebody else had accepted before you.",
    Result.DECLINED: "You are not coming to {code}. It is noted, and the next one is asked, where there is one.",
    Result.HELD: "You had accepted {code}, and nobody else is being asked. If you cannot come, call your team at once.",
    Result.NOT_PAGED: "You were not paged for this. Nothing was noted.",
    Result.OVER: "{code} is over. Nobody is waiting for your answer any more.",
}
_STRONGEST = (Result.FIRST, Result.HELD, Result.LATE, Result.DECLINED, Result.OVER, Result.NOT_PAGED)
"""Which result is told where the owners of one phone have different ones: what it covers comes first."""
SHARED = " This phone is {people} people's, and you answered for them all."
NOTHING_OPEN = (
    "We know of no page that waits for this phone. If you were paged just now, reply 1 again in a minute,"
    " or answer on the call or in the app."
)
ONE_OPEN = "This was not understood. Reply 1 to accept {code}, or 2 to decline it."
SEVERAL_OPEN = "Which one? Reply {codes} to accept. To decline, put a 2 before it, like this: 2 {code}"
MOST_CODES = 8
"""How many codes one text names: the newest. It stays one text."""


def read_reply(text: str) -> Reply:
    """What a text says. Capitals, accents and signs around the words do not matter.

    A code alone accepts, and may be spelled. What is said twice is said once. One of the carriers' words is theirs
    wherever it stands alone, however it is spaced.
    """
    words = _WORDS.findall(_plain(text))
    if "".join(words) in CARRIERS_WORDS:  # also OPT-OUT
        return Reply(Sort.CARRIERS)
    words = _joined(words)
    answers = {ANSWERS[word] for word in words if word in ANSWERS}
    codes = {word for word in words if word not in ANSWERS and len(word) == CODE_LENGTH and word.isascii()}
    understood = all(word in ANSWERS or word in codes for word in words)
    if not words or not understood or len(answers) > 1 or len(codes) > 1:
        return Reply(Sort.UNCLEAR)
    return Reply(Sort.ANSWER, next(iter(answers), Answer.ACCEPT), next(iter(codes), ""))


def together(said: Sequence[Said]) -> Said:
    """What a text has brought about that answered for all whose phone it is. ``said``: each one's, at least one."""
    strongest = min(said, key=lambda each: _STRONGEST.index(each.result))
    roles = tuple(dict.fromkeys(role for each in said if each.result is strongest.result for role in each.roles))
    people = sum(each.result is not Result.NOT_PAGED for each in said)
    return replace(strongest, roles=roles, people=max(people, 1))


def told(said: Said) -> str:
    """What a person reads who has answered."""
    return _filled(said, said.code)


def spoken(said: Said) -> str:
    """What a person hears who has answered: the code letter by letter."""
    return _filled(said, ", ".join(said.code))


def helped(codes: Sequence[str]) -> str:
    """What a person reads whose text was no answer, or did not say to which of several. ``codes``: the newest first."""
    if not codes:
        return NOTHING_OPEN
    if len(codes) == 1:
        return ONE_OPEN.format(code=codes[0])
    return SEVERAL_OPEN.format(codes=" or ".join(codes[:MOST_CODES]), code=codes[0])


def _filled(said: Said, code: str) -> str:
    shared = SHARED.format(people=said.people) if said.people > 1 else ""
    return SENTENCES[said.result].format(code=code or "this") + shared


def _joined(words: list[str]) -> list[str]:
    """With the letters of a code in one word that stand one by one, as a voice spells them: 7, Q, 4."""
    for before in (1, 0):
        answers, spelled, rest = words[:before], words[before:][:CODE_LENGTH], words[before:][CODE_LENGTH:]
        if [len(word) for word in spelled] == [1] * CODE_LENGTH and {*answers, *rest} <= set(ANSWERS):
            return [*answers, "".join(spelled), *rest]
    return words


def _plain(text: str) -> str:
    """In capitals, without accents: a phone writes ``Arrêt`` where a list says ARRET."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).upper()
