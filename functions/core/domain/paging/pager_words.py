"""What callers are told: every sentence of virtual paging. "Was paged" stands in two of them, and nowhere else.

No person is named: who calls a line is anybody.
"""

from functions.core.domain.paging.pager_call import PagerAnswer
from statline.contract.directory import PagerChange, ServiceChange, TeamChange

PAGED = "{holder} was paged; reference {reference}. If nobody calls back within {minutes} minutes, {instead}"
PASSED_ON = (
    "{nobody}, so the one who stands in was paged; reference {reference}. "
    "If nobody calls back within {minutes} minutes, {instead}"
)
NOBODY = "Nobody could be reached: {nobody}. Do not wait for a call back: {instead}"
NO_SUCH_PAGER = "There is no pager {pager}. Nobody was told. Check the number, or {instead}"
NO_PAGER_SAID = (
    "Nobody was told: begin the text with the number of the pager, like this: 4471 call ward 3. Or {instead}"
)
NO_PAGER_KEYED = "No pager number was keyed in. Nobody was told. Call again, or {instead}"
NO_CALLBACK = (
    "Nobody was told: there is no number to call back, because yours is withheld and none was keyed in. "
    "Call again, or {instead}"
)
NO_SUCH_LINE = "This number pages nobody. Nobody was told. Hang up, and {instead}"
TOO_LATE = "This came too late to be a page. Nobody was told. Send it again, or {instead}"
OUT_OF_ORDER = "The page could not be confirmed. Do not wait for a call back: {instead}"
ASK_PAGER = "Key in the number of the pager, then the hash key."
ASK_PAGER_AGAIN = "There is no pager {pager}. Key in its number once more, then the hash key."
ASK_CALLBACK = (
    "You page {holder}. Key in the number to call back, then the hash key. "
    "To be called back at the number you call from, press the hash key only."
)
ASK_CALLBACK_AGAIN = (
    "That is no number that can be called back. Key it in once more with its area code, then the hash key."
)
MINUTES = 10
"""How long a caller is told to wait before doing something else."""


def instead(switchboard: str | None) -> str:
    """What a caller can do who got nobody."""
    return f"call the switchboard at {switchboard}." if switchboard else "call the hospital's switchboard."


def holder_of(pager: PagerChange, owner: TeamChange | ServiceChange | None) -> str:
    """Who is paged, as a caller may hear it."""
    return f"the one on call for {owner.name}" if owner else f"the holder of pager {pager.number}"


def nobody_at(pager: PagerChange, owner: TeamChange | ServiceChange | None) -> str:
    """That nobody is there, as the middle of a sentence."""
    return f"nobody is on call for {owner.name} now" if owner else f"nobody can be reached at pager {pager.number}"


def sentence(text: str) -> str:
    """The text with a capital letter at its start, and nothing else changed."""
    return text[:1].upper() + text[1:]


def spoken(answer: PagerAnswer) -> str:
    """What a voice says: the reference letter by letter."""
    if not answer.reference:
        return answer.said
    return answer.said.replace(f"reference {answer.reference}", f"reference {', '.join(answer.reference)}")
