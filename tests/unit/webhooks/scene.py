"""The webhooks with everything around them in memory, and Twilio's hand that signs."""

import io
import json
import logging
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from functions.core.adapters.providers.twilio_account import TwilioSecret
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.receipts.callbacks import InboundText, TwilioStatus
from functions.core.services.page_by_number import PageByNumber
from functions.webhooks.calls import Calls
from functions.webhooks.entrance import WebhookEntrance
from functions.webhooks.signature import signature_of
from statline.contract.directory import DirectoryChange
from statline.contract.words import Channel
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.doors import FakeDoors
from tests.fakes.secrets import AUTH_TOKEN, FakeSecrets

HOST = "hooks.example.org"
LOG = "webhooks-under-test"


@dataclass
class FakeCallbacks:
    """Remembers what was kept. ``away``: the queue takes nothing."""

    kept: list[TwilioStatus | InboundText] = field(default_factory=list)
    away: bool = False

    def put(self, callback: TwilioStatus | InboundText) -> None:
        if self.away:
            raise QueueUnavailableError("the receipts queue is away")
        self.kept.append(callback)


class Scene:
    """A region's webhooks; requests come signed as Twilio signs them, unless a test says otherwise."""

    def __init__(self, *changes: DirectoryChange, public_url: str = "") -> None:
        self.clock = FakeClock()
        self.secrets = FakeSecrets()
        self.callbacks = FakeCallbacks()
        self.doors = FakeDoors()
        self.lines: list[str] = []
        self.logged = io.StringIO()
        log = Log(LOG)
        for handler in logging.getLogger(LOG).handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(self.logged)
        page = PageByNumber(FakeDirectory(list(changes)), self.doors, self.clock, frozenset(Channel))
        self.entrance = WebhookEntrance(
            secret=TwilioSecret(self.secrets.client, "arn:twilio", self.clock),
            callbacks=self.callbacks,
            calls=Calls(page, self.clock),
            metrics=EmbeddedMetrics("ca-central-1", write=self.lines.append),
            log=log,
            clock=self.clock,
            public_url=public_url,
        )

    def post(self, path: str, form: dict[str, str], query: str = "", **changes: Any) -> dict[str, Any]:
        """One request; answers the answer."""
        return self.entrance(a_request(path, form, query) | changes)

    def forged(self) -> int:
        """How many requests were counted as forged."""
        return sum(json.loads(line).get("CallbacksForged", 0) for line in self.lines)


def a_request(path: str, form: dict[str, str], query: str = "", *, token: str = AUTH_TOKEN) -> dict[str, Any]:
    """A request as the HTTP API hands it over, signed with this token."""
    url = f"https://{HOST}{path}" + (f"?{query}" if query else "")
    signature = signature_of(url, tuple(form.items()), token)
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "host": HOST,
            "x-forwarded-proto": "https",
            "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
            "x-twilio-signature": signature,
        },
        "requestContext": {"domainName": HOST, "http": {"method": "POST", "path": path}},
        "body": b64encode(urlencode(form).encode()).decode(),
        "isBase64Encoded": True,
    }
