"""`python -m tests.perf.stub_server`: the stub as a process of its own, so that its CPU time is nobody else's.

Speaks just enough HTTP/1.1 for botocore, urllib3 and requests: kept connections, bodies with a length. Prints its port.
"""

import asyncio
import json
import signal

from tests.perf.stub_answers import Stub

_HEAD_END = b"\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One kept connection: cuts what comes in into requests and answers each."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._waiting = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while self._answer_one():
            continue

    def _answer_one(self) -> bool:
        head, end, rest = self._waiting.partition(_HEAD_END)
        if not end:
            return False
        request, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return False
        self._waiting = rest[length:]
        answer = self._stub.answer(request.split(" ")[1], headers.get("x-amz-target", ""), rest[:length])
        body = json.dumps(answer).encode()
        assert self._transport is not None
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        return True


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stub = Stub()
    server = await loop.create_server(lambda: _Connection(stub), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
