"""TLS in front of a PostgreSQL that has none, as RDS's servers speak it."""

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from local.cloud.certificate import ensure
from local.databases.server import HOST, Server

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass
class Front:
    """Where it listens, and how many connections it has carried to the server."""

    port: int
    carried: list[str] = field(default_factory=list)


@contextmanager
def tls_front(server: Server, certificate: Path, *, host: str = HOST) -> Iterator[Front]:
    """Listen, ask for PostgreSQL's word for TLS, and carry what comes decrypted to the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, ensure(certificate))
    with socket.create_server((host, 0)) as door:
        front = Front(door.getsockname()[1])
        thread = Thread(target=_serve, args=(door, context, server, front), daemon=True)
        thread.start()
        yield front
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(door: socket.socket, context: ssl.SSLContext, server: Server, front: Front) -> None:
    while True:
        try:
            outside, _ = door.accept()
        except OSError:
            return
        with suppress(OSError), outside:
            assert outside.recv(8) == _SSL_REQUEST
            outside.sendall(b"S")
            with (
                context.wrap_socket(outside, server_side=True) as secure,
                socket.create_connection((HOST, server.port)) as inside,
            ):
                front.carried.append(secure.version() or "")
                asking = Thread(target=_pump, args=(secure, inside), daemon=True)
                asking.start()
                _pump(inside, secure)
                asking.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65_536):
            target.sendall(said)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
