import json
from datetime import timedelta
from typing import Any

import pytest
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from functions.core.adapters.providers.http_failures import outcome_of_failure
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.push.codes import CODES, INVALID_TOKEN
from functions.push.fcm_answer import outcome_of_answer, retry_after
from functions.push.fcm_client import Answer
from tests.fakes.clock import NOON

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
POOL = HTTPConnectionPool("fcm.example")


def refusal(
    status: int, canonical: str, fcm_code: str = "", *, message: str = "", fields: tuple[str, ...] = ()
) -> Answer:
    details: list[dict[str, Any]] = []
    if fields:
        details.append({"@type": BAD_REQUEST, "fieldViolations": [{"field": field} for field in fields]})
    if fcm_code:
        details.append({"@type": FCM_ERROR, "errorCode": fcm_code})
    error = {"code": status, "status": canonical, "message": message, "details": details}
    return Answer(status, json.dumps({"error": error}).encode())


def outcome(answer: Answer) -> Outcome:
    return outcome_of_answer(answer, NOON)


ROWS: dict[str, tuple[Answer, Outcome]] = {
    "UNREGISTERED": (refusal(404, "NOT_FOUND", "UNREGISTERED"), NeverRetry("unregistered", address_is_dead=True)),
    INVALID_TOKEN: (
        refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", fields=("message.token",)),
        NeverRetry("invalid_token", address_is_dead=True),
    ),
    "INVALID_ARGUMENT": (refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), NeverRetry("invalid_argument")),
    "SENDER_ID_MISMATCH": (refusal(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), NeverRetry("sender_id_mismatch")),
    "NOT_FOUND": (refusal(404, "NOT_FOUND"), NeverRetry("not_found")),
    "QUOTA_EXCEEDED": (refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), RetryLater("quota_exceeded")),
    "RESOURCE_EXHAUSTED": (refusal(429, "RESOURCE_EXHAUSTED"), RetryLater("quota_exceeded")),
    "UNAUTHENTICATED": (refusal(401, "UNAUTHENTICATED"), RetryLater("unauthenticated")),
    "PERMISSION_DENIED": (refusal(403, "PERMISSION_DENIED"), RetryLater("permission_denied")),
    "THIRD_PARTY_AUTH_ERROR": (
        refusal(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
        RetryLater("third_party_auth_error"),
    ),
    "APNS_AUTH_ERROR": (refusal(401, "UNAUTHENTICATED", "APNS_AUTH_ERROR"), RetryLater("third_party_auth_error")),
    "UNAVAILABLE": (refusal(503, "UNAVAILABLE", "UNAVAILABLE"), Unknown("unavailable")),
    "INTERNAL": (refusal(500, "INTERNAL", "INTERNAL"), Unknown("internal")),
    "UNSPECIFIED_ERROR": (refusal(500, "UNKNOWN", "UNSPECIFIED_ERROR"), Unknown("unspecified_error")),
}


@pytest.mark.parametrize("row", CODES)
def test_every_code_has_its_meaning(row: str) -> None:
    answer, meaning = ROWS[row]

    assert outcome(answer) == meaning


def test_an_accepted_push_carries_fcms_own_id() -> None:
    assert outcome(Answer(200, b'{"name": "projects/p/messages/0:17"}')) == Accepted("projects/p/messages/0:17")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"name": ""}', b'{"error": "no"}', b"\xff"])
def test_a_success_that_cannot_be_read_may_have_been_one(body: bytes) -> None:
    assert outcome(Answer(200, body)) == Unknown("unreadable_answer")


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[]", b'{"error": "no"}', b"\xff\xfe", b"null"])
@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (302, Unknown("http_302")),
        (400, NeverRetry("http_400")),
        (403, RetryLater("http_403")),
        (408, Unknown("http_408")),
        (429, RetryLater("http_429")),
        (502, Unknown("http_502")),
    ],
)
def test_an_answer_that_is_not_fcms_is_told_by_its_status(status: int, meaning: Outcome, body: bytes) -> None:
    assert outcome(Answer(status, body)) == meaning


@pytest.mark.parametrize(
    ("status", "meaning"), [(400, NeverRetry("BRAND_NEW")), (429, RetryLater("BRAND_NEW")), (500, Unknown("BRAND_NEW"))]
)
def test_a_code_that_no_table_has_is_told_by_its_status(status: int, meaning: Outcome) -> None:
    assert outcome(refusal(status, "X", "BRAND_NEW")) == meaning


def test_a_code_that_is_no_plain_word_is_not_kept() -> None:
    assert outcome(refusal(400, "X", "room 12, Mrs. Doe")) == NeverRetry("http_400")


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "INVALID_ARGUMENT", message="Request contains an invalid argument."),
        refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", fields=("message.data[0].value",)),
        refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", fields=("message.token", "message.android.ttl")),
    ],
    ids=["too large", "bad data", "token and more"],
)
def test_a_token_lives_on_when_the_message_may_be_what_is_wrong(answer: Answer) -> None:
    assert outcome(answer) == NeverRetry("invalid_argument")


def test_the_documented_sentence_about_a_token_kills_it() -> None:
    text = "The registration token is not a valid FCM registration token"

    answer = refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", message=text)

    assert outcome(answer) == NeverRetry("invalid_token", address_is_dead=True)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("30", timedelta(seconds=30)),
        ("Sat, 10 Jan 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sat, 10 Jan 2026 11:00:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
    ],
)
def test_a_wait_is_read_in_seconds_or_as_a_date(header: str | None, wait: timedelta | None) -> None:
    assert retry_after(header, NOON) == wait


def test_a_throttled_push_waits_as_long_as_fcm_asks() -> None:
    refused = ROWS["QUOTA_EXCEEDED"][0]

    assert outcome(Answer(429, refused.body, "60")) == RetryLater("quota_exceeded", timedelta(seconds=60))


def test_a_wait_does_not_make_an_unknown_outcome_certain() -> None:
    assert outcome(Answer(503, ROWS["UNAVAILABLE"][0].body, "60")) == Unknown("unavailable")


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (NewConnectionError(POOL, "refused"), RetryLater("not_connected")),  # type: ignore[arg-type]
        (NameResolutionError("fcm.example", POOL, OSError()), RetryLater("not_connected")),  # type: ignore[arg-type]
        (ConnectTimeoutError(), RetryLater("not_connected")),
        (ReadTimeoutError(POOL, "/", "timed out"), Unknown("timed_out")),
        (ProtocolError("Connection aborted."), Unknown("connection_closed")),
        (SSLError(), Unknown("failed")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_failure_before_the_connection_is_certainly_not_sent(failure: HTTPError, meaning: Outcome) -> None:
    assert outcome_of_failure(failure) == meaning
