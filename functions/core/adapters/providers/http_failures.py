"""What it means that a provider that is called over HTTP gave no answer."""

from collections.abc import Mapping

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from functions.core.domain.delivering.outcomes import Outcome, RetryLater, Unknown

FAILURES: Mapping[type[BaseException], Outcome] = {
    # Failed before there was a connection: certainly not sent.
    NewConnectionError: RetryLater("not_connected"),
    ConnectTimeoutError: RetryLater("not_connected"),
    # The request may have arrived, and only its answer be lost.
    ReadTimeoutError: Unknown("timed_out"),
    ProtocolError: Unknown("connection_closed"),
    HTTPError: Unknown("failed"),
}
"""By the type of urllib3's error; the nearest type counts."""


def outcome_of_failure(failure: HTTPError) -> Outcome:
    """What it means that there is no answer."""
    return next(FAILURES[kind] for kind in type(failure).__mro__ if kind in FAILURES)
