"""Twilio's REST API on the wire: who calls, what the form must have, errors in Twilio's shape, signed callbacks."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from local.sandbox.exchange import Refused
from local.sandbox.http_server import Request, json_response

_FILE = "twilio.json"

ERRORS: Mapping[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service Unavailable"),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21609: (400, "Invalid 'StatusCallback' URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21612: (400, "The 'To' phone number is not currently reachable via SMS"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    21703: (400, "The Messaging Service does not have a phone number available"),
    30001: (429, "Queue overflow"),
}
"""Twilio's error codes, the HTTP status of each, and its words."""


class TwilioError(Exception):
    """Twilio refuses, with one of its codes."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(detail or ERRORS[code][1])
        self.code = code


@dataclass(frozen=True)
class TwilioAccount:
    """An account and the token that both signs its callbacks and lets its owner in."""

    sid: str
    token: str

    @property
    def authorization(self) -> str:
        """The header of whoever knows the token."""
        return "Basic " + base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()


def twilio_account(directory: Path) -> TwilioAccount:
    """Load `twilio.json` of a directory, or make it: what belongs into the deployment's secret."""
    path = directory / _FILE
    if not path.exists():
        path.touch(mode=0o600)
        account = {"account_sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)}
        path.write_text(json.dumps(account, indent=2) + "\n")
    content = json.loads(path.read_text())
    return TwilioAccount(content["account_sid"], content["auth_token"])


def form_of(request: Request) -> dict[str, str]:
    """The members of a form."""
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def refusal(error: TwilioError, headers: Mapping[str, str] | None = None) -> Refused:
    """The error's answer."""
    status = ERRORS[error.code][0]
    body = {
        "code": error.code,
        "message": str(error),
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": status,
    }
    return Refused(str(error.code), json_response(status, body, headers))


def signed(url: str, form: Mapping[str, str], account: TwilioAccount) -> tuple[dict[str, str], str]:
    """The headers and the body of a callback, with the signature over its whole address and its sorted members."""
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(account.token.encode(), text.encode(), hashlib.sha1).digest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
    }
    return headers, urlencode(form)
