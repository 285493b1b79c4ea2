"""What Twilio's error codes mean, as its Messages resource answers them.

None of them kills an address, as with End User Messaging's. A code that is not here is told by its status: Twilio adds
new ones, and says that it does.
"""

from collections.abc import Mapping

from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown

UNREADABLE = Unknown("unreadable_answer")
NO_CREDENTIALS = RetryLater("no_credentials")
CREDENTIALS_REFUSED = RetryLater("credentials_refused")

_OUR_SENDER = RetryLater("sender_refused")
"""Our own number or service: certainly not sent, and an operator can mend it."""

CODES: Mapping[int, Outcome] = {
    # Our account: certainly not sent, and an operator can mend it.
    20003: CREDENTIALS_REFUSED,
    20005: RetryLater("account_disabled"),
    20008: RetryLater("test_credentials"),
    20404: RetryLater("resource_not_found"),
    21603: _OUR_SENDER,
    21606: _OUR_SENDER,
    21609: RetryLater("callback_refused"),
    21611: RetryLater("queue_full"),
    21659: _OUR_SENDER,
    21660: _OUR_SENDER,
    21661: _OUR_SENDER,
    21701: _OUR_SENDER,
    21703: _OUR_SENDER,
    # We ask too often.
    20429: RetryLater("throttled"),
    14107: RetryLater("throttled"),
    30001: RetryLater("queue_full"),
    30002: RetryLater("account_disabled"),
    63038: RetryLater("quota_exceeded"),
    # The phone.
    21211: NeverRetry("invalid_number"),
    21265: NeverRetry("invalid_number"),
    21268: NeverRetry("invalid_number"),
    21604: NeverRetry("invalid_number"),
    21610: NeverRetry("opted_out"),
    21612: NeverRetry("not_reachable"),
    21614: NeverRetry("not_a_mobile"),
    21635: NeverRetry("not_a_mobile"),
    21608: NeverRetry("number_not_verified"),
    21408: NeverRetry("destination_blocked"),
    30450: NeverRetry("destination_blocked"),
    # The text.
    21602: NeverRetry("invalid_request"),
    21617: NeverRetry("too_long"),
    21619: NeverRetry("invalid_request"),
    21624: NeverRetry("invalid_request"),
    90007: NeverRetry("invalid_request"),
    # Twilio may have taken the text before it failed.
    20500: Unknown("internal"),
    20503: Unknown("unavailable"),
    20504: Unknown("timed_out"),
}
"""By ``code`` of the answer."""
