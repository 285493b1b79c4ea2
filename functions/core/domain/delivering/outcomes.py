"""What a provider's answer means. Every answer is exactly one of these four."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message over, under its own id."""

    provider_id: str
    code: str = "accepted"


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Certainly not sent, and worth another attempt. ``after``: how long the provider asked us to wait, if it did."""

    code: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NeverRetry:
    """Certainly not sent, and never will be. ``address_is_dead``: the endpoint is to leave the directory."""

    code: str
    address_is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: the provider may have it or not."""

    code: str


Outcome = Accepted | RetryLater | NeverRetry | Unknown

THROTTLED = "throttled"
"""The code of an answer that says that we ask too often."""
SLOWLY = "accepted_slowly"
"""The code of an acceptance that took so long that its provider seems unwell."""
REHEARSED = Accepted("rehearsed")
"""For a rehearsed delivery of a provider that can check nothing without doing it: it was not called."""
