"""What live drills do to a database, done to real servers."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from local.cloud.processes import free_port
from local.databases.server import Server
from local.drill.live.databases import connections_used_up, replaced_replica
from local.drill.live.plan import Scene
from tests.hospital_base import DATABASE, Hospital, a_hospital
from tests.postgres import folder

USER = "u-demo"
FEW = {"max_connections": "12", "superuser_reserved_connections": "3", "reserved_connections": "0"}


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    with a_hospital() as found:
        found.employ(USER)
        yield found


@dataclass
class FakeRegion:
    """A region with these servers. Its directory holds what its reconcile read last."""

    primary: Server
    replica: Server | None = None
    directory: str = ""

    def port_of_primary(self) -> int:
        return self.primary.port

    def port_of_replica(self) -> int:
        assert self.replica is not None
        return self.replica.port

    def client(self, _service: str) -> "FakeRegion":
        return self

    def invoke(self, **_asked: object) -> Mapping[str, object]:
        """The reconcile, as it comes to the replica's address each time anew."""
        assert self.replica is not None
        try:
            with psycopg.connect(self.replica.dsn(DATABASE)) as session:
                (self.directory,) = session.execute("SELECT full_name FROM staff WHERE id = %s", [USER]).fetchone() or (
                    "",
                )
        except psycopg.OperationalError:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorType": "DatabaseUnavailableError"}')}
        return {"Payload": io.BytesIO(json.dumps({}).encode())}

    def get_item(self, **_asked: object) -> Mapping[str, object]:
        return {"Item": {"self": {"S": self.directory}}}


def scene(region: Any) -> Scene:
    nothing: Any = None
    return Scene(region, nothing, nothing, nothing, lambda _: None)


def identity(server: Server) -> str:
    """What a server's data directory was begun with, and when this one was."""
    return server.ask("SELECT pg_postmaster_start_time()")


def test_another_replica_stands_behind_the_address_and_has_what_changed_meanwhile(hospital: Hospital) -> None:
    servers = hospital.servers
    played, before = scene(FakeRegion(servers.primary, servers.replica)), identity(servers.replica)
    with replaced_replica(played):
        assert not servers.replica.answers()
    assert played.faults == []
    assert identity(servers.replica) != before
    assert servers.replica.ask("SELECT pg_is_in_recovery()") == "t"
    assert [note.partition(":")[2] for note in played.notes[:2]] == [" ran", " DatabaseUnavailableError"]
    assert "was in the directory" in played.notes[2]


def test_connections_are_taken_until_nobody_gets_in_and_given_back() -> None:
    with folder() as place:
        server = Server(place / "small", free_port(), settings=FEW)
        server.create()
        server.start()
        try:
            server.ask(f"CREATE DATABASE {DATABASE}")
            played = scene(FakeRegion(server))
            with connections_used_up(played), pytest.raises(psycopg.OperationalError):
                psycopg.connect(server.dsn(DATABASE, "booking_app"))
            assert played.faults == []
            assert "opened 9 connections" in played.notes[0]
            psycopg.connect(server.dsn(DATABASE, "booking_app")).close()
        finally:
            server.stop(at_once=True)
