"""The one door to the internet: what is not signed by Twilio is refused and counted, whatever it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from pydantic import ValidationError

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.ports.clock import Clock
from functions.core.domain.receipts.callback_names import named_in
from functions.core.domain.receipts.callbacks import InboundText, TwilioStatus
from functions.webhooks import twiml
from functions.webhooks.calls import DIGITS, Calls
from functions.webhooks.request import MalformedRequestError, Request, request_in
from functions.webhooks.signature import Secret, is_genuine

HttpAnswer = dict[str, Any]


class Callbacks(Protocol):
    """Where callbacks go."""

    def put(self, callback: TwilioStatus | InboundText) -> None:
        """Keep one. Raises `QueueUnavailableError`."""
        ...


@dataclass(frozen=True, slots=True)
class WebhookEntrance:
    """Where requests come in. What cannot be kept raises: Lambda counts it, and the API answers 500."""

    secret: Secret
    callbacks: Callbacks
    calls: Calls
    metrics: EmbeddedMetrics
    log: Log
    clock: Clock
    public_url: str

    def __call__(self, event: Mapping[str, Any]) -> HttpAnswer:
        """Answer one request."""
        try:
            request = request_in(event, self.public_url)
        except MalformedRequestError:
            return self._refuse()
        if not is_genuine(request, self.secret):
            return self._refuse()
        route = _ROUTES.get(request.path)
        return route(self, request) if route else _answer(HTTPStatus.NOT_FOUND)

    def _refuse(self) -> HttpAnswer:
        self.metrics.put({Metric.CALLBACKS_FORGED: 1})
        self.log.warn("callback refused", reason="signature")
        return _answer(HTTPStatus.FORBIDDEN)

    def _status(self, request: Request) -> HttpAnswer:
        key = named_in(request.query)
        if key is None:
            self.log.warn("callback of no delivery", message_id=request.field("MessageSid"))
            return _answer(HTTPStatus.NO_CONTENT)
        return self._keep(
            lambda: TwilioStatus(
                key=key,
                message_id=request.field("MessageSid"),
                status=request.field("MessageStatus"),
                error_code=request.field("ErrorCode"),
                at=self.clock(),
            )
        )

    def _text(self, request: Request) -> HttpAnswer:
        kept = self._keep(
            lambda: InboundText(
                message_id=request.field("MessageSid"),
                sender=request.field("From"),
                line=request.field("To"),
                body=request.field("Body"),
                at=self.clock(),
            )
        )
        return _xml(twiml.NOTHING) if kept["statusCode"] == HTTPStatus.NO_CONTENT else kept

    def _keep(self, make: Callable[[], TwilioStatus | InboundText]) -> HttpAnswer:
        try:
            callback = make()
        except ValidationError:
            return _answer(HTTPStatus.BAD_REQUEST)
        self.callbacks.put(callback)
        return _answer(HTTPStatus.NO_CONTENT)

    def _call(self, request: Request) -> HttpAnswer:
        return _xml(self.calls.greet(request))

    def _digits(self, request: Request) -> HttpAnswer:
        return _xml(self.calls.hear(request))


_ROUTES: Mapping[str, Callable[[WebhookEntrance, Request], HttpAnswer]] = {
    "/twilio/status": WebhookEntrance._status,
    "/twilio/text": WebhookEntrance._text,
    "/twilio/call": WebhookEntrance._call,
    DIGITS: WebhookEntrance._digits,
}


def _answer(status: HTTPStatus) -> HttpAnswer:
    return {"statusCode": status.value}


def _xml(body: str) -> HttpAnswer:
    headers = {"content-type": "text/xml; charset=utf-8", "cache-control": "no-store"}
    return {"statusCode": HTTPStatus.OK.value, "headers": headers, "body": body}
