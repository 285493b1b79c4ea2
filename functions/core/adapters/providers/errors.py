"""What a provider's error code means when no table has it: the HTTP status decides, doubt means unknown."""

import re
from collections.abc import Callable, Mapping

from functions.core.domain.delivering.outcomes import NeverRetry, Outcome, RetryLater, Unknown

_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CLIENT_ERRORS = range(400, 500)

BY_STATUS: Mapping[int, Callable[[str], Outcome]] = {
    # Our own credential or permission: nothing was sent, and an operator can mend it.
    401: RetryLater,
    403: RetryLater,
    # Whether the provider stopped waiting before or after it had the whole request, it does not say.
    408: Unknown,
    429: RetryLater,
}


def unlisted(status: int, code: str) -> Outcome:
    """The outcome of an answer whose code is in no table. ``code`` is kept where it is a plain word."""
    word = code if _WORD.fullmatch(code) else f"http_{status}"
    if status in BY_STATUS:
        return BY_STATUS[status](word)
    return NeverRetry(word) if status in _CLIENT_ERRORS else Unknown(word)
