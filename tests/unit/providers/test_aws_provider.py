from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore import exceptions as errors
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from functions.core.adapters.providers.aws_provider import (
    COMMON_CODES,
    FAILURES,
    PROVIDER_CALLS,
    Codes,
    call_once,
    outcome_of_failure,
    outcome_of_refusal,
)
from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.routing.lanes import PROVIDER_TIMEOUT
from functions.sms.codes import CODES as SMS_CODES
from functions.voice.codes import CODES as VOICE_CODES

SERVICES: dict[str, tuple[str, str, Codes]] = {
    "sms": ("pinpoint-sms-voice-v2", "SendTextMessage", SMS_CODES),
    "connect": ("connect", "StartOutboundVoiceContact", VOICE_CODES),
}

SMS_ROWS: dict[str, Outcome] = {
    "ThrottlingException": RetryLater("throttled"),
    "ServiceQuotaExceededException": RetryLater("quota_exceeded"),
    "ServiceQuotaExceededException.MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": RetryLater("spend_limit"),
    "ConflictException": RetryLater("conflict"),
    "ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT": NeverRetry("opted_out"),
    "ConflictException.DESTINATION_PHONE_NUMBER_NOT_VERIFIED": NeverRetry("number_not_verified"),
    "ConflictException.DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": NeverRetry("destination_blocked"),
    "ConflictException.DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": NeverRetry("destination_blocked"),
    "ValidationException": NeverRetry("invalid_request"),
    "ValidationException.DESTINATION_COUNTRY_BLOCKED": NeverRetry("destination_blocked"),
    "ValidationException.COUNTRY_NOT_ENABLED": NeverRetry("destination_blocked"),
    "AccessDeniedException": RetryLater("access_denied"),
    "AccessDeniedException.ACCOUNT_DISABLED": RetryLater("account_disabled"),
    "AccessDeniedException.INSUFFICIENT_ACCOUNT_REPUTATION": RetryLater("account_reputation"),
    "ResourceNotFoundException": RetryLater("resource_not_found"),
    "InternalServerException": Unknown("internal"),
}
VOICE_ROWS: dict[str, Outcome] = {
    "LimitExceededException": RetryLater("limit_exceeded"),
    "ThrottlingException": RetryLater("throttled"),
    "TooManyRequestsException": RetryLater("throttled"),
    "DestinationNotAllowedException": NeverRetry("destination_not_allowed"),
    "OutboundContactNotPermittedException": NeverRetry("not_permitted"),
    "InvalidParameterException": NeverRetry("invalid_request"),
    "InvalidRequestException": NeverRetry("invalid_request"),
    "ResourceNotFoundException": RetryLater("resource_not_found"),
    "AccessDeniedException": RetryLater("access_denied"),
    "InternalServiceException": Unknown("internal"),
}


def refusal(row: str, status: int = 400) -> ClientError:
    code, _, reason = row.partition(".")
    answer: Any = {"Error": {"Code": code, "Message": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    if reason:
        answer["Reason"] = reason
    return ClientError(answer, "SendTextMessage")


def error_shapes(service: str) -> list[Any]:
    name, call, _ = SERVICES[service]
    return list(botocore.session.get_session().get_service_model(name).operation_model(call).error_shapes)


@pytest.mark.parametrize("row", SMS_CODES)
def test_every_sms_code_has_its_meaning(row: str) -> None:
    assert outcome_of_refusal(refusal(row), SMS_CODES) == SMS_ROWS[row]


@pytest.mark.parametrize("row", VOICE_CODES)
def test_every_voice_code_has_its_meaning(row: str) -> None:
    assert outcome_of_refusal(refusal(row), VOICE_CODES) == VOICE_ROWS[row]


@pytest.mark.parametrize("service", SERVICES)
def test_every_error_of_the_operation_is_in_its_table(service: str) -> None:
    modelled = {shape.name for shape in error_shapes(service)}

    assert modelled <= {row.partition(".")[0] for row in SERVICES[service][2]}


def test_every_reason_in_the_sms_table_is_one_that_aws_gives() -> None:
    reasons = {
        shape.name: set(shape.members["Reason"].enum) for shape in error_shapes("sms") if "Reason" in shape.members
    }
    rows = [row.split(".") for row in SMS_CODES if "." in row]

    assert [row for row in rows if row[1] not in reasons[row[0]]] == []


def test_an_unheard_of_reason_is_told_by_its_code() -> None:
    assert outcome_of_refusal(refusal("ConflictException.BRAND_NEW"), SMS_CODES) == RetryLater("conflict")


@pytest.mark.parametrize(("code", "meaning"), COMMON_CODES.items())
def test_what_every_aws_service_answers_is_certainly_not_sent(code: str, meaning: Outcome) -> None:
    assert isinstance(meaning, RetryLater)
    assert outcome_of_refusal(refusal(code), {}) == meaning


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (400, NeverRetry("BrandNew")),
        (403, RetryLater("BrandNew")),
        (429, RetryLater("BrandNew")),
        (500, Unknown("BrandNew")),
        (503, Unknown("BrandNew")),
    ],
)
def test_a_code_that_no_table_has_is_told_by_its_status(status: int, meaning: Outcome) -> None:
    assert outcome_of_refusal(refusal("BrandNew", status), SMS_CODES) == meaning


def test_an_answer_without_code_or_status_is_unknown() -> None:
    assert outcome_of_refusal(ClientError({}, "SendTextMessage"), SMS_CODES) == Unknown("http_0")


FAILED: list[tuple[BotoCoreError, Outcome]] = [
    (errors.EndpointConnectionError(endpoint_url="https://x"), RetryLater("not_connected")),
    (errors.ConnectTimeoutError(endpoint_url="https://x"), RetryLater("not_connected")),
    (errors.ProxyConnectionError(proxy_url="https://x"), RetryLater("not_connected")),
    (errors.EndpointProviderError(msg="x"), RetryLater("no_endpoint")),
    (errors.NoCredentialsError(), RetryLater("no_credentials")),
    (errors.PartialCredentialsError(provider="env", cred_var="x"), RetryLater("no_credentials")),
    (errors.CredentialRetrievalError(provider="env", error_msg="x"), RetryLater("no_credentials")),
    (errors.ParamValidationError(report="x"), NeverRetry("invalid_request")),
    (errors.ReadTimeoutError(endpoint_url="https://x"), Unknown("timed_out")),
    (errors.ConnectionClosedError(endpoint_url="https://x"), Unknown("connection_closed")),
    (errors.HTTPClientError(error="x"), Unknown("failed")),
    (errors.SSLError(endpoint_url="https://x", error=OSError()), Unknown("failed")),
    (errors.UnknownSignatureVersionError(signature_version="x"), Unknown("failed")),
]


@pytest.mark.parametrize(("failure", "meaning"), FAILED, ids=lambda value: type(value).__name__)
def test_only_a_failure_before_the_connection_is_certainly_not_sent(failure: BotoCoreError, meaning: Outcome) -> None:
    assert outcome_of_failure(failure) == meaning


def test_every_kind_of_failure_is_tried() -> None:
    tried = {next(kind for kind in type(failure).__mro__ if kind in FAILURES) for failure, _ in FAILED}

    assert tried == set(FAILURES)


def answer_without_an_id(**_: Any) -> dict[str, Any]:
    return {"message": "<html>"}


def answer_that_does_not_parse(**_: Any) -> dict[str, Any]:
    raise ResponseParserError


@pytest.mark.parametrize("operation", [answer_without_an_id, answer_that_does_not_parse])
def test_a_success_that_cannot_be_read_may_have_been_one(operation: Callable[..., Any]) -> None:
    assert call_once(operation, {}, SMS_CODES, "MessageId") == Unknown("unreadable_answer")


def test_a_call_is_over_before_its_lease_may_end() -> None:
    config: Any = PROVIDER_CALLS

    assert config.connect_timeout + config.read_timeout <= PROVIDER_TIMEOUT.total_seconds()
