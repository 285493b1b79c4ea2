"""A small HTTP/1.1 server on asyncio and h11.

An ASGI server always answers, if only with a 500. Providers sometimes do not: the connection just ends, before or
after they acted. That is a failure mode here, so the sandbox owns its connections.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from local.clock import Clock

_READ_BYTES = 65_536
_BACKLOG = 1_024


@dataclass(frozen=True)
class Request:
    """One request, received whole. Header names are in lower case; `received_at` is in epoch seconds."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_at: float


@dataclass(frozen=True)
class Response:
    """What goes back to the client."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dropped:
    """No answer: the connection is closed instead."""


Answer = Response | Dropped
Handler = Callable[[Request], Awaitable[Answer]]


def json_response(
    status: int, payload: object, headers: Mapping[str, str] | None = None, content_type: str = "application/json"
) -> Response:
    """Make a JSON answer."""
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(status, body, {"content-type": content_type, **(headers or {})})


class Server:
    """A listening server and its open connections."""

    def __init__(self, handle: Handler, clock: Clock | None = None) -> None:
        self._handle = handle
        self._clock = clock or Clock()
        self._connections: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen on `host:port` and give every request to the handler."""
        self._listener = await asyncio.start_server(self._connected, host, port, backlog=_BACKLOG)

    async def stop(self) -> None:
        """Close the port and every connection, answered or not."""
        if self._listener is not None:
            self._listener.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(_converse(reader, writer, self._handle, self._clock))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler, clock: Clock) -> None:
    try:
        await _serve(reader, writer, handle, clock)
    except ConnectionError:
        return  # the client left; what it asked for is logged and done all the same
    finally:
        writer.close()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler, clock: Clock) -> None:
    connection = h11.Connection(h11.SERVER)
    while True:
        try:
            request = await _read_request(connection, reader, writer, clock)
        except h11.RemoteProtocolError as problem:
            refusal = json_response(problem.error_status_hint, {"error": f"Not HTTP/1.1: {problem}"})
            await _write(connection, writer, refusal)
            return
        if request is None:
            return
        answer = await handle(request)
        if isinstance(answer, Dropped):
            return
        await _write(connection, writer, answer)
        if connection.our_state is h11.MUST_CLOSE:
            return
        connection.start_next_cycle()


async def _read_request(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, clock: Clock
) -> Request | None:
    """Read until one request is complete. None: the client closed the connection between two requests."""
    head: h11.Request | None = None
    body: list[bytes] = []
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            await _invite_body(connection, writer)
            connection.receive_data(await reader.read(_READ_BYTES))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, b"".join(body), clock.time())
        else:
            return None


async def _invite_body(connection: h11.Connection, writer: asyncio.StreamWriter) -> None:
    if connection.they_are_waiting_for_100_continue:
        writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        await writer.drain()


def _request(head: h11.Request, body: bytes, received_at: float) -> Request:
    target = urlsplit(head.target.decode("ascii"))
    return Request(
        method=head.method.decode("ascii"),
        path=unquote(target.path),
        query=dict(parse_qsl(target.query, keep_blank_values=True)),
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
        body=body,
        received_at=received_at,
    )


async def _write(connection: h11.Connection, writer: asyncio.StreamWriter, answer: Response) -> None:
    if connection.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
        return
    headers = [*answer.headers.items(), ("content-length", str(len(answer.body))), ("date", formatdate(usegmt=True))]
    parts = [
        connection.send(h11.Response(status_code=answer.status, headers=headers)),
        connection.send(h11.Data(data=answer.body)),
        connection.send(h11.EndOfMessage()),
    ]
    writer.write(b"".join(part for part in parts if part))
    await writer.drain()
