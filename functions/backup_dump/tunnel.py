"""TLS for a pg_dump that has none: a door on loopback, and behind it a verified connection to the server.

The program connects to the door in the clear, within this function's own environment. Outside of it everything is
encrypted, and the server's certificate is checked against the region's authorities and the host's name, like libpq's
``verify-full``.
"""

import select
import socket
import ssl
import struct
from threading import Thread
from types import TracebackType
from typing import Self

from functions.database.access import DatabaseAccess
from functions.database.errors import DatabaseRefusesError, DatabaseUnavailableError

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's word for: let us speak TLS."""
_YES = b"S"
_CHUNK = 256 * 1024
_CONNECT_WITHIN = 10.0
_SILENT_FOR = 120.0
"""Seconds after which a peer that takes or says nothing is given up. A query that runs long has its connection kept."""

TunnelError = DatabaseRefusesError | DatabaseUnavailableError


class Tunnel:
    """The door, open within its ``with``.

    access: the database, through the door. failure: why the last connection broke, or was not made.
    """

    def __init__(self, access: DatabaseAccess) -> None:
        self._outside = access
        self._context = ssl.create_default_context(cafile=access.trust)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._let_in, daemon=True)
        self.failure: TunnelError | None = None

    @property
    def access(self) -> DatabaseAccess:
        """The same database as seen from inside."""
        host, port = self._door.getsockname()
        return self._outside.model_copy(update={"host": host, "port": port, "trust": ""})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A thread that waits in accept() is not woken by close().
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _let_in(self) -> None:
        """One connection after the other: pg_dump makes one."""
        while True:
            try:
                inside, _ = self._door.accept()
            except OSError:
                return  # the door is shut
            with inside:
                self._carry(inside)

    def _carry(self, inside: socket.socket) -> None:
        try:
            with self._connected() as outside:
                _pass_on(inside, outside)
        except ssl.SSLCertVerificationError as cause:
            self.failure = DatabaseRefusesError(f"the certificate of {self._outside.host}: {cause.verify_message}")
        except OSError as cause:
            self.failure = DatabaseUnavailableError(f"the connection to {self._outside.host} broke: {cause}")
        except DatabaseRefusesError as cause:
            self.failure = cause

    def _connected(self) -> ssl.SSLSocket:
        host, port = self._outside.host, self._outside.port
        plain = socket.create_connection((host, port), timeout=_CONNECT_WITHIN)
        try:
            _ask_for_tls(plain, host)
            return self._context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


def _ask_for_tls(plain: socket.socket, host: str) -> None:
    plain.sendall(_SSL_REQUEST)
    if plain.recv(1) != _YES:
        raise DatabaseRefusesError(f"{host} speaks no TLS, and nothing is dumped without")


def _pass_on(inside: socket.socket, outside: ssl.SSLSocket) -> None:
    """Carry bytes both ways until one side has nothing more to say.

    One thread and blocking sends are enough: the protocol takes turns, and a TLS connection is not for two threads.
    """
    inside.settimeout(_SILENT_FOR)
    while True:
        waiting = [outside] if outside.pending() else select.select([inside, outside], [], [])[0]
        if outside in waiting:
            said = _read(outside)
            if said == b"":
                return
            if said is not None:
                inside.sendall(said)
        if inside in waiting:
            asked = inside.recv(_CHUNK)
            if not asked:
                return
            outside.settimeout(_SILENT_FOR)
            outside.sendall(asked)


def _read(outside: ssl.SSLSocket) -> bytes | None:
    """What the server said; None where it was only a word between the two TLS ends."""
    outside.settimeout(0)
    try:
        return outside.recv(_CHUNK)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
