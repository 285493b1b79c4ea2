"""Phone numbers as the contract takes them.

A module of its own, because it alone loads the numbering plans: a channel function gets numbers that were checked
before, and starts without them.
"""

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field, StringConstraints


def _e164(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as cause:
        raise ValueError("not a phone number in E.164 form, like +14165550123") from cause
    formatted = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if formatted != number or not phonenumbers.is_possible_number(parsed):
        raise ValueError("not a phone number in E.164 form, like +14165550123")
    return number


E164 = Annotated[
    str,
    StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"),
    AfterValidator(_e164),
    Field(examples=["+14165550123"]),
]
