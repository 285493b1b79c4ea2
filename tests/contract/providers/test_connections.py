"""Connections are kept from batch to batch, and not trusted after a long rest."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from functions.core.adapters.providers.calls import KEPT_IDLE
from functions.core.adapters.providers.twilio_account import TwilioSecret
from functions.core.domain.delivering.outcomes import Accepted
from functions.core.domain.ports.delivering import Provider
from functions.push import fcm_client
from functions.push.fcm import Fcm
from functions.sms.end_user_messaging import EndUserMessaging
from functions.sms.end_user_messaging import client as sms_client
from functions.sms.twilio import Twilio
from functions.sms.twilio_client import TwilioClient
from functions.voice.connect import Connect
from functions.voice.connect import client as connect_client
from statline.contract.words import Channel
from tests.contract.providers.conftest import Sandbox
from tests.contract.providers.worlds import aws_environment
from tests.fakes.channel_settings import SMS, TWILIO, VOICE
from tests.fakes.clock import FakeClock
from tests.fakes.deliveries import a_delivery
from tests.fakes.secrets import FakeSecrets

YES = json.dumps(
    {
        "name": "p/1",
        "MessageId": "m-1",
        "sid": "SM1",
        "ContactId": "c-1",
        "access_token": "t",
        "expires_in": 3600,
        "token_type": "B",
    }
).encode()


class CountingServer(ThreadingHTTPServer):
    """Says yes to everything, and counts the connections that were made."""

    connections = 0
    daemon_threads = True

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class SayYes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(YES)))
        self.end_headers()
        self.wfile.write(YES)

    do_PUT = do_POST  # noqa: N815 - likewise

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - likewise
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with CountingServer(("127.0.0.1", 0), SayYes) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fcm", "sms", "twilio", "connect"])
def way(
    request: pytest.FixtureRequest,
    server: CountingServer,
    clock: FakeClock,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Channel, Provider]:
    aws_environment(monkeypatch, "AWS_ENDPOINT_URL", server.url)
    secret = TwilioSecret(FakeSecrets(sandbox.twilio).client, "arn:twilio", clock)
    ways: dict[str, tuple[Channel, Callable[[], Provider]]] = {
        "fcm": (
            Channel.PUSH,
            lambda: Fcm(fcm_client.client(sandbox.account.replace(sandbox.url, server.url), server.url), clock),
        ),
        "sms": (Channel.SMS, lambda: EndUserMessaging(sms_client(), SMS, clock)),
        "twilio": (Channel.SMS, lambda: Twilio(TwilioClient(server.url), secret, TWILIO, clock)),
        "connect": (Channel.VOICE, lambda: Connect(connect_client(), VOICE, clock)),
    }
    channel, provider = ways[request.param]
    return channel, provider()


def send_one(way: tuple[Channel, Provider]) -> None:
    channel, provider = way
    assert [type(outcome) for outcome in provider.send([a_delivery(channel)])] == [Accepted]


def test_batches_that_follow_each_other_share_a_connection(
    way: tuple[Channel, Provider], server: CountingServer, clock: FakeClock
) -> None:
    for _ in range(3):
        send_one(way)
        clock.advance(KEPT_IDLE.total_seconds())

    assert server.connections == 1


def test_a_connection_that_rested_for_long_is_not_used_again(
    way: tuple[Channel, Provider], server: CountingServer, clock: FakeClock
) -> None:
    """Frozen between two batches, a function does not see that its connection died; and a text is not sent twice."""
    send_one(way)
    clock.advance(KEPT_IDLE.total_seconds() + 1)
    send_one(way)

    assert server.connections == 2
