"""A server's life as a process: up until somebody stops it, or until the work beside it ends."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from local.sandbox.http_server import Server


def stop_requested() -> asyncio.Event:
    """Set when the process gets SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    return stop


async def serve_beside(
    work: Callable[[], Coroutine[Any, Any, None]], server: Server, host: str, port: int, ready: Callable[[], None]
) -> None:
    """Serve and work until asked to stop. An error of the work ends both, and is raised.

    ready: called once requests are answered.
    """
    stop = stop_requested()
    await server.start(host, port)
    ready()
    working = asyncio.create_task(work())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
    await server.stop()
    stopped.cancel()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
