"""Gives up a server that does not answer, by cutting the line to it."""

import os
import socket
from threading import Lock, Timer
from types import TracebackType
from typing import Any

import psycopg


class GivenUpAfter:
    """While entered, cuts a connection's line once so many seconds have passed: whoever waits on it reads its end.

    The server's own time-outs end what runs too long, and TCP sees a host that is gone. Neither sees a server process
    that hangs on its disk, for whose host goes on acknowledging.
    """

    def __init__(self, connection: psycopg.Connection[Any], seconds: float) -> None:
        self._connection = connection
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = Lock()
        self._over = False

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True

    def _cut(self) -> None:
        """Under the lock, so that it never meets a file descriptor that means something else by now."""
        with self._lock:
            if self._over or self._connection.closed:
                return
            with socket.socket(fileno=os.dup(self._connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
