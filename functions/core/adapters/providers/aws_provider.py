"""Calls to AWS's own providers (End User Messaging, Connect): once, never twice, and every answer has a meaning."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    EndpointProviderError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from functions.core.adapters.aws.clients import USER_AGENT
from functions.core.adapters.providers.calls import AT_ONCE
from functions.core.adapters.providers.errors import unlisted
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.domain.routing.lanes import PROVIDER_TIMEOUT

_CONNECT_SECONDS = 1

PROVIDER_CALLS = Config(
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=PROVIDER_TIMEOUT.total_seconds() - _CONNECT_SECONDS,
    # A text has no idempotency token: a second call is a second text, so it is ours to decide on.
    retries={"mode": "standard", "total_max_attempts": 1},
    tcp_keepalive=True,
    max_pool_connections=AT_ONCE,
    user_agent=USER_AGENT,
)
"""For calls that must not be repeated behind our back."""

COMMON_CODES: Mapping[str, Outcome] = {
    **dict.fromkeys(
        ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"),
        RetryLater("throttled"),
    ),
    # Some protocols answer these with a 400, so the status would not tell.
    **dict.fromkeys(("AccessDeniedException", "AccessDenied", "OptInRequired"), RetryLater("access_denied")),
    **dict.fromkeys(
        (
            "ExpiredTokenException",
            "ExpiredToken",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        RetryLater("credentials_refused"),
    ),
}
"""Codes that every AWS service may answer with."""

FAILURES: Mapping[type[BaseException], Outcome] = {
    # Failed before there was a connection: certainly not sent.
    EndpointConnectionError: RetryLater("not_connected"),
    ConnectTimeoutError: RetryLater("not_connected"),
    ProxyConnectionError: RetryLater("not_connected"),
    EndpointProviderError: RetryLater("no_endpoint"),
    NoCredentialsError: RetryLater("no_credentials"),
    PartialCredentialsError: RetryLater("no_credentials"),
    CredentialRetrievalError: RetryLater("no_credentials"),
    ParamValidationError: NeverRetry("invalid_request"),
    # The request may have arrived, and only its answer be lost.
    ReadTimeoutError: Unknown("timed_out"),
    ConnectionClosedError: Unknown("connection_closed"),
    BotoCoreError: Unknown("failed"),
}
"""By the type of botocore's error; the nearest type counts."""

UNREADABLE = Unknown("unreadable_answer")
"""A success that cannot be read may have been one."""

Codes = Mapping[str, Outcome]
"""A provider's own codes: ``Code`` or, where AWS gives a reason, ``Code.REASON``, which counts first."""


def call_once(operation: Callable[..., Any], request: Mapping[str, Any], codes: Codes, id_field: str) -> Outcome:
    """Make one call and say what its answer means. ``id_field`` holds the provider's id in the answer."""
    try:
        answer = operation(**request)
    except ClientError as refusal:
        return outcome_of_refusal(refusal, codes)
    except BotoCoreError as failure:
        return outcome_of_failure(failure)
    except ResponseParserError:
        return UNREADABLE
    provider_id = answer.get(id_field)
    return Accepted(provider_id) if provider_id else UNREADABLE


def outcome_of_refusal(refusal: ClientError, codes: Codes) -> Outcome:
    """What an error that the service answered means."""
    answer: Mapping[str, Any] = refusal.response
    code = str(answer.get("Error", {}).get("Code", ""))
    for key in (f"{code}.{answer.get('Reason', '')}", code):
        if key in codes:
            return codes[key]
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return COMMON_CODES.get(code) or unlisted(status, code)


def outcome_of_failure(failure: BotoCoreError) -> Outcome:
    """What it means that there is no answer."""
    return next(FAILURES[kind] for kind in type(failure).__mro__ if kind in FAILURES)
