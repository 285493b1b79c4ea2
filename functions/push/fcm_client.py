"""One service account's way to FCM v1.

firebase-admin gives the credential and makes the message; the call itself is made here, with urllib3, because the
library's own ``messaging.send`` cannot be had without what a clinical push must not do (read in version 7.7.0):

* it repeats a 500 or 503 four times, and a lost connection once, though the first call may have been taken;
* it lets google-auth look up a "regional access boundary" at a second Google service from a background thread: an
  outside hop that the residency manifest would have to name;
* it makes an HTTP/2 client that is never used, and that costs 200 ms of every cold start.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import urllib3
from firebase_admin import credentials  # type: ignore[import-untyped] # ships no types
from google.auth.credentials import TokenState
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport import DEFAULT_RETRYABLE_STATUS_CODES
from google.auth.transport.urllib3 import Request

from functions.core.adapters.providers.calls import AT_ONCE
from functions.core.domain.errors import MisconfiguredError, TemporaryError

_CONNECT_SECONDS = 1.0
_REPEATED_BY_GOOGLE_AUTH = frozenset(DEFAULT_RETRYABLE_STATUS_CODES)
_NO_ACCOUNT = (
    "the FCM secret does not hold a service account: put the JSON of its key there, whole, as the Firebase console "
    "gives it (project settings, service accounts)"
)


class TokenUnavailableError(TemporaryError):
    """Google's token endpoint gave no access token. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What FCM answered."""

    status: int
    body: bytes
    retry_after: str | None = None


class FcmClient:
    """Posts messages to FCM. Threads may share it once `authorize` has answered."""

    def __init__(self, credential: Any, url: str) -> None:
        self._credential = credential
        self._url = url
        self._http = urllib3.PoolManager(maxsize=AT_ONCE, retries=False)
        self._ask_google = Request(self._http)  # type: ignore[no-untyped-call] # google-auth is half typed

    def authorize(self, within: timedelta) -> Mapping[str, str]:
        """The headers that every post of a batch carries: fetches an access token where none is fresh.

        Once for a batch, before its threads start: google-auth would let each of them fetch its own. Raises
        `TokenUnavailableError`.
        """
        if self._credential.token_state is not TokenState.FRESH:
            try:
                self._credential.refresh(partial(self._ask_once, timeout=_timeout(within)))
            except (GoogleAuthError, LookupError, TypeError, ValueError) as cause:  # the last three: an absurd answer
                if self._credential.token_state is TokenState.INVALID:
                    raise TokenUnavailableError("Google's token endpoint gave no access token") from cause
        return {"Authorization": f"Bearer {self._credential.token}", "Content-Type": "application/json; charset=UTF-8"}

    def forget_token(self) -> None:
        """FCM no longer takes the access token: the next batch fetches another."""
        self._credential.token = None

    def post(self, request: str, headers: Mapping[str, str], within: timedelta) -> Answer:
        """Send one request (FCM's JSON) once. Raises urllib3's ``HTTPError`` where no answer came."""
        response = self._http.request(
            "POST",
            self._url,
            body=request.encode(),
            headers=headers,
            timeout=_timeout(within),
            redirect=False,
        )
        return Answer(response.status, response.data, response.headers.get("Retry-After"))

    def close(self) -> None:
        """Close every kept connection. New ones are made as they are needed."""
        self._http.clear()

    def _ask_once(self, **request: Any) -> Any:
        """Ask the token endpoint without google-auth's three tries and their pauses: a batch has no time for them."""
        response = self._ask_google(**request)
        if response.status in _REPEATED_BY_GOOGLE_AUTH:
            raise TransportError(  # type: ignore[no-untyped-call]
                f"the token endpoint answered {response.status}"
            )
        return response


def client(service_account: str, endpoint: str) -> FcmClient:
    """A client for the service account in this JSON text. Raises `MisconfiguredError` where it is none."""
    try:
        account = credentials.Certificate(dict(json.loads(service_account)))
    except (ValueError, TypeError) as cause:
        raise MisconfiguredError(_NO_ACCOUNT) from cause
    if not account.project_id:
        raise MisconfiguredError(_NO_ACCOUNT)
    return FcmClient(account.get_credential(), f"{endpoint}/v1/projects/{account.project_id}/messages:send")


def _timeout(within: timedelta) -> urllib3.Timeout:
    return urllib3.Timeout(connect=_CONNECT_SECONDS, total=max(within.total_seconds(), 0.001))
