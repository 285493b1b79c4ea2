"""The emulator's listener: the gateway's port on loopback and nothing else, and an end that waits for nobody.

With TLS the emulator would also take port 443 when it may (a Cognito token's issuer has no port). Nothing here uses
Cognito, and a laptop's port 443 may be somebody else's. And it saves its state only after every client has closed its
connection, for which it waits up to 30 s, or for ever; clients of AWS keep theirs open.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from hypercorn.config import Config
from ministack import app

_FAREWELL = 0.5


def _never(_host: str, _port: int) -> bool:
    return False


async def _at_once() -> None:
    return None


def _impatient(start: Callable[..., Any]) -> Callable[..., Any]:
    async def start_server(*arguments: Any, ssl: Any = None, **settings: Any) -> asyncio.Server:
        if ssl:
            settings["ssl_shutdown_timeout"] = _FAREWELL
        server: Any = await start(*arguments, ssl=ssl, **settings)
        server.wait_closed = _at_once
        started: asyncio.Server = server
        return started

    return start_server


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Drop the lines about clients that went away without a farewell: they are many, and nobody's fault."""
    return not (record.exc_info and isinstance(record.exc_info[1], TimeoutError | asyncio.CancelledError))


def install() -> None:
    """Keep the emulator from opening port 443, and from waiting for its clients when it is asked to stop."""
    app._port_is_bindable = _never
    Config.graceful_timeout = _FAREWELL
    logging.getLogger("asyncio").addFilter(_is_worth_a_line)
    asyncio.start_server = _impatient(asyncio.start_server)
