"""Phone numbers as the contract takes them.

A number is held against the numbering plans once, when it comes in. Who reads it where it is stored does not ask again:
plans change, and nobody is to become unreachable by that. Nor does a function on a notification's way load them.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from statline.contract.model import STORED


def _e164(number: str, reading: ValidationInfo) -> str:
    if reading.context == STORED:
        return number
    import phonenumbers  # noqa: PLC0415 - the plans take a tenth of a function's start to load

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
