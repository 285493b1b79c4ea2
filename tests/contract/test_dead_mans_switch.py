"""The dead-man's switch over HTTP: what counts as called, and that nothing of ours goes out with the call."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from functions.canary.ports import SwitchOutOfReachError
from functions.canary.switch import HttpSwitch

PATIENCE = 0.4


class Owner(ThreadingHTTPServer):
    """Whoever listens outside: answers `status`, or nothing before it is `released`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status = 200
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.released = Event()
        self.released.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/3f8a"


class Answer(BaseHTTPRequestHandler):
    """Writes calls down."""

    server: Owner

    def do_GET(self) -> None:
        self.server.calls.append((self.path, dict(self.headers.items())))
        self.server.released.wait()
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's word
        """Keep quiet."""


@pytest.fixture
def owner() -> Iterator[Owner]:
    with Owner() as owner:
        thread = Thread(target=owner.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield owner
        owner.released.set()
        owner.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_is_a_call(owner: Owner, status: int) -> None:
    owner.status = status
    switch = HttpSwitch(owner.url)
    switch.call()
    switch.call()
    assert [path for path, _ in owner.calls] == ["/ping/3f8a"] * 2


def test_the_call_says_nothing_of_ours(owner: Owner) -> None:
    HttpSwitch(owner.url).call()
    ((_, headers),) = owner.calls
    assert set(headers) <= {"Host", "Connection", "User-Agent", "Accept-Encoding"}


@pytest.mark.parametrize("status", [301, 404, 429, 500])
def test_anything_else_is_none_and_is_not_tried_again_or_elsewhere(owner: Owner, status: int) -> None:
    owner.status = status
    with pytest.raises(SwitchOutOfReachError, match=str(status)):
        HttpSwitch(owner.url).call()
    assert len(owner.calls) == 1


def test_an_owner_that_does_not_answer_is_not_waited_for(owner: Owner) -> None:
    owner.released.clear()
    with pytest.raises(SwitchOutOfReachError):
        HttpSwitch(owner.url, seconds=PATIENCE).call()


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/ping", "http://no-such-host.invalid/ping", "http://[/"])
def test_an_owner_that_is_not_there_is_told_without_its_address(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(SwitchOutOfReachError) as refused:
        HttpSwitch(address.format(port=port), seconds=PATIENCE).call()
    assert "ping" not in str(refused.value)
