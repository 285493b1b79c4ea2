"""The PostgreSQL servers and data directories behind records, all below one directory of the cloud."""

import itertools
import os
import socket
import zlib
from collections.abc import Mapping
from pathlib import Path

from ministack.core.responses import get_region

from local.databases.machines import Machine
from local.databases.server import HOST, Server
from local.emulator.rds import store
from local.emulator.rds.states import Kind
from local.emulator.rds.store import Record

DIRECTORY_VARIABLE = "STATLINE_DATABASES"
_DISKS: Mapping[Machine, Mapping[str, str]] = {Machine.PRIMARY: {}, Machine.OTHER: {"fsync": "off"}}
"""Other machines have other disks: what they write must not make the primary wait for the one that there is here."""
_FIRST_PORT, _PORTS = 20_000, 10_000
"""Below the ports that systems give to clients: what listens here finds its port free again after a restart."""
_WITH_PORTS = (Kind.INSTANCE, Kind.EXPORT)
_steps = itertools.count()
"""A port that was given back comes last: what still ends there would keep a new server off it."""


def home() -> Path:
    """Where everything lies that RDS holds."""
    return Path(os.environ[DIRECTORY_VARIABLE])


def place_of(kind: Kind, identifier: str, unique: str) -> str:
    """The directory of a new instance's or snapshot's data. A name that is taken again gets another."""
    return str(home() / get_region() / f"{kind}s" / f"{identifier.replace(':', '-')}-{unique.lower()[-8:]}")


def server_of(record: Record) -> Server:
    """The server behind an instance."""
    machine = Machine(record["_machine"])
    return Server(Path(record["_directory"]), int(record["_port"]), settings=_DISKS[machine], machine=machine)


def data_of(record: Record) -> Server:
    """The data of a snapshot. Nothing runs there."""
    return Server(Path(record["_directory"]), 0, machine=Machine.OTHER)


def source_of(replica: Record) -> Record | None:
    """The instance that a replica follows; None where it is none, or the source is gone."""
    name = replica.get("ReadReplicaSourceDBInstanceIdentifier")
    return next((one for one in store.listed(Kind.INSTANCE) if one["DBInstanceIdentifier"] == name), None)


def new_port() -> int:
    """A port for a new server, which it keeps: free now, and promised to no other of this cloud."""
    promised = {int(record["_port"]) for kind in _WITH_PORTS for _account, _region, record in store.everywhere(kind)}
    start = zlib.crc32(str(home()).encode())
    for step in itertools.islice(_steps, _PORTS):
        port = _FIRST_PORT + (start + step) % _PORTS
        if port not in promised and _is_free(port):
            return port
    raise OSError(f"no port from {_FIRST_PORT} to {_FIRST_PORT + _PORTS} is free on {HOST}")


def _is_free(port: int) -> bool:
    """Whether a server could listen there: asked as the server will ask."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
    return True
