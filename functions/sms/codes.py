"""What End User Messaging's error codes mean.

None of them kills an address: an opted-out phone may opt in again, and the same number may still be called.
"""

from collections.abc import Mapping

from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown

CODES: Mapping[str, Outcome] = {
    "ThrottlingException": RetryLater("throttled"),
    "ServiceQuotaExceededException": RetryLater("quota_exceeded"),
    "ServiceQuotaExceededException.MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": RetryLater("spend_limit"),
    "ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT": NeverRetry("opted_out"),
    "ConflictException.DESTINATION_PHONE_NUMBER_NOT_VERIFIED": NeverRetry("number_not_verified"),
    "ConflictException.DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": NeverRetry("destination_blocked"),
    "ConflictException.DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": NeverRetry("destination_blocked"),
    # Every other conflict is about our own numbers and pools, which an operator can mend.
    "ConflictException": RetryLater("conflict"),
    "ValidationException": NeverRetry("invalid_request"),
    "ValidationException.DESTINATION_COUNTRY_BLOCKED": NeverRetry("destination_blocked"),
    "ValidationException.COUNTRY_NOT_ENABLED": NeverRetry("destination_blocked"),
    # Our configuration: certainly not sent, and an operator can mend it.
    "AccessDeniedException": RetryLater("access_denied"),
    "AccessDeniedException.ACCOUNT_DISABLED": RetryLater("account_disabled"),
    "AccessDeniedException.INSUFFICIENT_ACCOUNT_REPUTATION": RetryLater("account_reputation"),
    "ResourceNotFoundException": RetryLater("resource_not_found"),
    "InternalServerException": Unknown("internal"),
}
