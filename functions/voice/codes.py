"""What Amazon Connect's error codes mean."""

from collections.abc import Mapping

from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown

CODES: Mapping[str, Outcome] = {
    "LimitExceededException": RetryLater("limit_exceeded"),
    "ThrottlingException": RetryLater("throttled"),
    "TooManyRequestsException": RetryLater("throttled"),
    "DestinationNotAllowedException": NeverRetry("destination_not_allowed"),
    "OutboundContactNotPermittedException": NeverRetry("not_permitted"),
    "InvalidParameterException": NeverRetry("invalid_request"),
    "InvalidRequestException": NeverRetry("invalid_request"),
    # Our configuration: certainly no call, and an operator can mend it.
    "ResourceNotFoundException": RetryLater("resource_not_found"),
    "AccessDeniedException": RetryLater("access_denied"),
    "InternalServiceException": Unknown("internal"),
}
