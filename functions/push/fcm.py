"""Push by FCM v1: the port `Provider`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from time import monotonic

from urllib3.exceptions import HTTPError

from functions.core.adapters.providers.calls import CallPool, KeptConnections
from functions.core.adapters.providers.http_failures import outcome_of_failure
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Outcome
from functions.core.domain.ports.clock import Clock
from functions.core.domain.routing.lanes import PROVIDER_TIMEOUT
from functions.push.codes import TOKEN_UNAVAILABLE, UNAUTHENTICATED
from functions.push.fcm_answer import outcome_of_answer
from functions.push.fcm_client import FcmClient, TokenUnavailableError
from functions.push.fcm_message import push_request

TOKEN_TIMEOUT = timedelta(seconds=1.5)
"""The longest wait for an access token. It counts towards the provider's time, so that a batch keeps to its lease."""


class Fcm:
    """Sends pushes, a batch's at once."""

    name = "fcm"

    def __init__(self, client: FcmClient, clock: Clock, timeout: timedelta = PROVIDER_TIMEOUT) -> None:
        self._client = client
        self._clock = clock
        self._timeout = timeout
        self._calls = CallPool()
        self._connections = KeptConnections(client.close, clock)

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Send each delivery's push once and answer the outcomes in order."""
        end = monotonic() + self._timeout.total_seconds()
        self._connections.drop_idle()
        try:
            headers = self._client.authorize(TOKEN_TIMEOUT)
        except TokenUnavailableError:
            return [TOKEN_UNAVAILABLE] * len(deliveries)
        outcomes = self._calls.each(partial(self._send_one, headers=headers, end=end), deliveries)
        if any(outcome.code == UNAUTHENTICATED.code for outcome in outcomes):
            self._client.forget_token()
        return outcomes

    def _send_one(self, delivery: Delivery, *, headers: Mapping[str, str], end: float) -> Outcome:
        request = push_request(delivery, self._clock())
        try:
            answer = self._client.post(request, headers, timedelta(seconds=end - monotonic()))
        except HTTPError as failure:
            return outcome_of_failure(failure)
        return outcome_of_answer(answer, self._clock())
