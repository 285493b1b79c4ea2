"""The way to Twilio's Messages resource: one call for a text, never two.

With urllib3, as the push function calls FCM: Twilio's own library costs 185 ms of every cold start, and the call is one
form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import urllib3

from functions.core.adapters.providers.calls import AT_ONCE
from functions.core.adapters.providers.twilio_account import TwilioAccount

_CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What Twilio answered."""

    status: int
    body: bytes


class TwilioClient:
    """Posts texts. Threads may share it."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._http = urllib3.PoolManager(maxsize=AT_ONCE, retries=False)

    def post(self, account: TwilioAccount, message: Mapping[str, str], within: timedelta) -> Answer:
        """Send one text once. Raises urllib3's ``HTTPError`` where no answer came."""
        headers = urllib3.make_headers(basic_auth=f"{account.account_sid}:{account.auth_token}")
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._http.request(
            "POST",
            f"{self._endpoint}/2010-04-01/Accounts/{account.account_sid}/Messages.json",
            body=urlencode(message),
            headers=headers,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, total=max(within.total_seconds(), 0.001)),
            redirect=False,
        )
        return Answer(response.status, response.data)

    def close(self) -> None:
        """Close every kept connection. New ones are made as they are needed."""
        self._http.clear()
