"""An endpoint whose server can be changed behind it, as a DNS name does: a port on loopback that leads elsewhere."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Forwarder:
    """Leads every connection that is made to ``port`` to the port that ``target`` is at that moment."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pour, args=(source, sink), daemon=True).start()


@contextmanager
def forwarding(target: int) -> Iterator[Forwarder]:
    """A forwarder that is closed in the end."""
    forwarder = Forwarder(target)
    try:
        yield forwarder
    finally:
        forwarder.close()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    """Until one of both ends; then both do."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for line in (source, sink):
            line.close()
