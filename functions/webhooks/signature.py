"""Whether a callback is Twilio's: its signature over the whole address and the form.

twilio.com/docs/usage/webhooks/webhooks-security: the address as it was called, then every field of the form with its
value, in the order of their names; HMAC-SHA1 by the account's token, in base64.
"""

import hashlib
import hmac
from base64 import b64encode
from typing import Protocol

from functions.core.adapters.providers.twilio_account import TwilioAccount
from functions.webhooks.request import Fields, Request


class Secret(Protocol):
    """Where the account's token is."""

    def account(self) -> TwilioAccount:
        """The account as it was read last."""
        ...

    def changed(self) -> bool:
        """Look again; whether it is another one now."""
        ...


def signature_of(url: str, form: Fields, token: str) -> str:
    """What Twilio puts into ``X-Twilio-Signature``. A field that comes several times counts once with each value."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    return b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def is_genuine(request: Request, secret: Secret) -> bool:
    """Whether Twilio signed a request. A token that was changed meanwhile is looked up before it is refused."""
    return _is_signed(request, secret.account()) or (secret.changed() and _is_signed(request, secret.account()))


def _is_signed(request: Request, account: TwilioAccount) -> bool:
    expected = signature_of(request.url, request.form, account.auth_token)
    return hmac.compare_digest(expected.encode(), request.signature.encode())
