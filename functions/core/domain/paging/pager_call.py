"""A call or a text to a line, what its caller is asked and told, and the numbers that a caller gives."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import phonenumbers
from pydantic import TypeAdapter, ValidationError

from statline.contract.phone_numbers import E164

SHORTEST_EXTENSION, LONGEST_EXTENSION = 3, 6
"""The digits of a number inside the house. What is longer must be a phone number that can be rung from outside."""
_PAGER = re.compile(r"\s*#?([0-9]{3,15})\b(?![-./][0-9])[\s:,.;-]*(.*)", re.DOTALL)
"""Not the first part of a phone number: 416-555-0123 is no text for the pager 416."""
_NUMBER: TypeAdapter[str] = TypeAdapter(E164)


@dataclass(frozen=True, slots=True)
class PagerCall:
    """Somebody called or texted a line.

    line: the number that was called, E.164.
    caller: whose call it is, E.164; empty where the number is withheld.
    pager: the pager's number as it was keyed in; empty where nobody asked: the line's own, or it stands in the text.
    callback: the digits that were keyed in as the number to call back; empty: the caller's own.
    text: what was texted; empty for a numeric page.
    id: the call's or the text's id: the same id is one page, however often it comes.
    at: when it came, where the way in says the same for every repetition; else now.
    """

    line: str
    caller: str
    id: str
    pager: str = ""
    callback: str = ""
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PagerAnswer:
    """What the caller is told.

    paged: the page is on its queue, and somebody who can be reached holds the pager, or stands in its policy.
    reference: what the caller may name when asking after the page; empty where there is none.
    trace: the page's name in logs; empty where there is no pager to page.
    """

    said: str
    reference: str = ""
    paged: bool = False
    trace: str = ""


class Wants(StrEnum):
    """What a line waits for from its caller."""

    PAGER = "pager"
    """The number of the pager, and the hash key."""
    CALLBACK = "callback"
    """The number to call back, and the hash key; nothing for the caller's own."""
    PAGE = "page"
    """Nothing more: page."""
    NOTHING = "nothing"
    """It has said all that it can: hang up."""


@dataclass(frozen=True, slots=True)
class PagerPrompt:
    """What is said to a caller who is on the line, and what is waited for then."""

    said: str
    wants: Wants


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the one who is paged calls back: a phone number (E.164), or a number inside the house. One is empty."""

    number: str = ""
    extension: str = ""


def digits_of(keyed: str) -> str:
    """What was keyed in as a pager's number: a star or the word for nothing at all is no part of it."""
    return re.sub(r"[^0-9]", "", keyed)


def pager_and_text(text: str) -> tuple[str, str]:
    """The pager's number that a text begins with, and the rest: ``4471 call the ward``. Empty where there is none."""
    found = _PAGER.fullmatch(text)
    return (found[1], found[2].strip()) if found else ("", text.strip())


def callback_of(keyed: str, caller: str, line: str) -> Callback | None:
    """The number that was keyed in, as it is dialled where the line is; the caller's own where nothing was.

    None where what was keyed in is no number at all, or nothing is known.
    """
    digits = re.sub(r"[^0-9+]", "", keyed)
    if not digits:
        return Callback(number=own) if (own := _e164(caller, line)) else None
    if SHORTEST_EXTENSION <= len(digits) <= LONGEST_EXTENSION and digits.isdigit():
        return Callback(extension=digits)
    return Callback(number=number) if (number := _e164(digits, line)) else None


def _e164(number: str, line: str) -> str:
    """A number as a phone in the line's country dials it; empty where none can have it, or no page could carry it."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(line))
        parsed = phonenumbers.parse(number, region)
        if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
            # Also one that could be rung from next door only: in E.164 it would be somebody else's, or nobody's.
            return ""
        return _NUMBER.validate_python(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    except (phonenumbers.NumberParseException, ValidationError):
        return ""
