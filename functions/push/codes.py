"""What FCM's error codes mean.

A dead token leaves the directory, so it takes FCM's explicit word: UNREGISTERED, or an INVALID_ARGUMENT that names the
token (`functions.push.fcm_answer`). SENDER_ID_MISMATCH does not count: one wrong service account in our configuration
would empty the directory of every device.
"""

from collections.abc import Mapping

from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown

UNAUTHENTICATED = RetryLater("unauthenticated")
TOKEN_UNAVAILABLE = RetryLater("token_unavailable")
UNREADABLE = Unknown("unreadable_answer")

INVALID_TOKEN = "INVALID_ARGUMENT.token"  # noqa: S105 - a row's name, no secret
"""The row of an INVALID_ARGUMENT that is about the registration token and nothing else."""

CODES: Mapping[str, Outcome] = {
    "UNREGISTERED": NeverRetry("unregistered", address_is_dead=True),
    INVALID_TOKEN: NeverRetry("invalid_token", address_is_dead=True),
    "INVALID_ARGUMENT": NeverRetry("invalid_argument"),
    "SENDER_ID_MISMATCH": NeverRetry("sender_id_mismatch"),
    "NOT_FOUND": NeverRetry("not_found"),
    "QUOTA_EXCEEDED": RetryLater("quota_exceeded"),
    "RESOURCE_EXHAUSTED": RetryLater("quota_exceeded"),
    # Our own credentials, with Google or behind it with Apple: nothing was sent, and an operator can mend it.
    "UNAUTHENTICATED": UNAUTHENTICATED,
    "PERMISSION_DENIED": RetryLater("permission_denied"),
    "THIRD_PARTY_AUTH_ERROR": RetryLater("third_party_auth_error"),
    "APNS_AUTH_ERROR": RetryLater("third_party_auth_error"),
    # FCM may have taken the message before it failed.
    "UNAVAILABLE": Unknown("unavailable"),
    "INTERNAL": Unknown("internal"),
    "UNSPECIFIED_ERROR": Unknown("unspecified_error"),
}
