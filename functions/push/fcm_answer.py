"""What FCM's answer to a send means."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, Field, ValidationError

from functions.core.adapters.providers.errors import unlisted
from functions.core.domain.delivering.outcomes import Accepted, Outcome, RetryLater
from functions.push.codes import CODES, INVALID_TOKEN, UNREADABLE
from functions.push.fcm_client import Answer

_OK = 200
_TOKEN_FIELD = "message.token"  # noqa: S105 - a field's name
_TOKEN_TEXT = "The registration token is not a valid FCM registration token"  # noqa: S105 - FCM's documented sentence
_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_SECONDS = re.compile(r"[0-9]{1,9}")


class _Sent(BaseModel):
    name: str = Field(min_length=1)


class _FieldViolation(BaseModel):
    field: str = ""


class _Detail(BaseModel):
    type: str = Field(default="", alias="@type")
    code: str = Field(default="", alias="errorCode")
    violations: tuple[_FieldViolation, ...] = Field(default=(), alias="fieldViolations")


class _Error(BaseModel):
    status: str = ""
    message: str = ""
    details: tuple[_Detail, ...] = ()


class _Refused(BaseModel):
    error: _Error


def outcome_of_answer(answer: Answer, now: datetime) -> Outcome:
    """The outcome of an answer that came, whatever it holds."""
    try:
        if answer.status == _OK:
            return Accepted(provider_id=_Sent.model_validate_json(answer.body).name)
        code = _code_of(_Refused.model_validate_json(answer.body).error)
    except ValidationError:
        # A success that cannot be read may have been one; anything else is told by its status.
        return UNREADABLE if answer.status == _OK else unlisted(answer.status, "")
    outcome = CODES[code] if code in CODES else unlisted(answer.status, code)
    if isinstance(outcome, RetryLater) and (after := retry_after(answer.retry_after, now)) is not None:
        return RetryLater(outcome.code, after)
    return outcome


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """The wait that a ``Retry-After`` header asks for, in seconds or until a date. None where it says neither."""
    if not header:
        return None
    if _SECONDS.fullmatch(header):
        return timedelta(seconds=int(header))
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta())


def _code_of(error: _Error) -> str:
    code = next((detail.code for detail in error.details if detail.type == _FCM_ERROR and detail.code), error.status)
    return INVALID_TOKEN if code == "INVALID_ARGUMENT" and _blames_the_token(error) else code


def _blames_the_token(error: _Error) -> bool:
    """FCM names the field, or says the one sentence that its documentation shows. A message too large says neither."""
    fields = {violation.field for detail in error.details for violation in detail.violations}
    return fields == {_TOKEN_FIELD} or (not fields and error.message == _TOKEN_TEXT)
