"""What every model of the contract shares: how strictly it reads, and the identifiers it accepts."""

from typing import Annotated, Any

import phonenumbers
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


class ContractModel(BaseModel):
    """A frozen value that refuses unknown fields.

    ``hide_input_in_errors`` keeps what a producer wrote out of error texts: it may be about a patient.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False)


def _e164(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as cause:
        raise ValueError("not a phone number in E.164 form, like +14165550123") from cause
    formatted = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if formatted != number or not phonenumbers.is_possible_number(parsed):
        raise ValueError("not a phone number in E.164 form, like +14165550123")
    return number


TENANT_PATTERN = r"^[a-z][a-z0-9-]{1,31}$"
IDENTIFIER_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"

Tenant = Annotated[str, StringConstraints(pattern=TENANT_PATTERN)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]
PagerNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,15}$")]
E164 = Annotated[
    str,
    StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"),
    AfterValidator(_e164),
    Field(examples=["+14165550123"]),
]
Moment = AwareDatetime
Details = dict[str, Any]
