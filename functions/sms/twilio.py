"""SMS by Twilio: the port `Provider` over the Messages resource."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from pydantic import BaseModel, Field, ValidationError
from urllib3.exceptions import HTTPError

from functions.core.adapters.providers.calls import CallPool, KeptConnections
from functions.core.adapters.providers.errors import unlisted
from functions.core.adapters.providers.http_failures import outcome_of_failure
from functions.core.adapters.providers.twilio_account import SecretUnavailableError, TwilioAccount, TwilioSecret
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import REHEARSED, Accepted, Outcome
from functions.core.domain.errors import MisconfiguredError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.receipts.callback_names import callback_url
from functions.core.domain.routing.lanes import PROVIDER_TIMEOUT
from functions.sms.settings import TwilioSettings
from functions.sms.twilio_client import Answer, TwilioClient
from functions.sms.twilio_codes import CODES, CREDENTIALS_REFUSED, NO_CREDENTIALS, UNREADABLE

SHORTEST_LIFE, LONGEST_LIFE = timedelta(seconds=5), timedelta(hours=4)
"""The bounds of ``ValidityPeriod``: Twilio takes more by now, and its older numbers do not."""
_TAKEN = range(200, 300)
_SERVICE = "MG"
"""How the name of a messaging service begins; everything else is a number."""


class Twilio:
    """Sends texts. Twilio's posts have no idempotency token, so nothing here tries twice.

    The secret is read with the first text: whatever is wrong with it, the other provider is not held up by it.
    """

    name = "twilio"

    def __init__(
        self,
        client: TwilioClient,
        secret: TwilioSecret,
        settings: TwilioSettings,
        clock: Clock,
        timeout: timedelta = PROVIDER_TIMEOUT,
    ) -> None:
        self._client = client
        self._secret = secret
        self._settings = settings
        self._clock = clock
        self._timeout = timeout
        self._calls = CallPool()
        self._connections = KeptConnections(client.close, clock)

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Send each delivery's text once and answer the outcomes in order. A rehearsed one is not sent."""
        end = monotonic() + self._timeout.total_seconds()
        self._connections.drop_idle()
        try:
            account = self._secret.account()
        except (SecretUnavailableError, MisconfiguredError):
            return [NO_CREDENTIALS] * len(deliveries)
        outcomes = self._calls.each(partial(self._send_one, account=account, end=end), deliveries)
        if CREDENTIALS_REFUSED in outcomes:
            self._look_again()
        return outcomes

    def _send_one(self, delivery: Delivery, *, account: TwilioAccount, end: float) -> Outcome:
        message = text_message(delivery, self._settings, self._clock())
        if delivery.rehearsed:
            return REHEARSED  # Twilio checks nothing without sending it: this is the last step before
        try:
            answer = self._client.post(account, message, timedelta(seconds=end - monotonic()))
        except HTTPError as failure:
            return outcome_of_failure(failure)
        return outcome_of_answer(answer)

    def _look_again(self) -> None:
        """The token may have been changed: the next batch goes by what the secret says now."""
        try:
            self._secret.changed()
        except (SecretUnavailableError, MisconfiguredError):
            return


def text_message(delivery: Delivery, settings: TwilioSettings, now: datetime) -> Mapping[str, str]:
    """The form for one delivery. The screen's body is the whole text, whose segments were counted.

    It comes from the number that the delivery names, where it names Twilio as well: the other provider's numbers are
    none of ours here. Else from its lane's. The callback's address names the delivery's record.
    """
    left = min(max(delivery.expires_at - now, SHORTEST_LIFE), LONGEST_LIFE)
    ours = delivery.sender if delivery.provider == Twilio.name else ""
    sender = ours or settings.originations[delivery.priority]
    return {
        "To": delivery.address,
        "MessagingServiceSid" if sender.startswith(_SERVICE) else "From": sender,
        "Body": delivery.screen.body,
        "ValidityPeriod": str(int(left.total_seconds())),
        "StatusCallback": callback_url(settings.status_callback, delivery.key),
    }


class _Sent(BaseModel):
    sid: str = Field(min_length=1)


class _Refused(BaseModel):
    code: int = 0


def outcome_of_answer(answer: Answer) -> Outcome:
    """The outcome of an answer that came, whatever it holds."""
    try:
        if answer.status in _TAKEN:
            return Accepted(provider_id=_Sent.model_validate_json(answer.body).sid)
        code = _Refused.model_validate_json(answer.body).code
    except ValidationError:
        # A success that cannot be read may have been one; anything else is told by its status.
        return UNREADABLE if answer.status in _TAKEN else unlisted(answer.status, "")
    return CODES[code] if code in CODES else unlisted(answer.status, str(code or ""))
