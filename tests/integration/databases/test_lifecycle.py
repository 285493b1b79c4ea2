"""The servers behind RDS live exactly as long as their cloud, and come back with what they held."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud import Cloud, stop
from local.cloud.model import load
from local.cloud.processes import wait_until
from local.databases.leftovers import stop_all
from tests.integration.databases.conftest import PRIMARY, REPLICA, Rds, hasty_cloud
from tests.integration.local_cloud.conftest import clients_of
from tests.integration.local_cloud.resources import await_value

PATIENCE = 15.0
EMULATOR = "The emulator"


def servers(cloud: Cloud) -> list[int]:
    """The processes of PostgreSQL whose data lies in the cloud's directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "postgres\0-D" in command and str(cloud.directory) in command:
            found.append(int(entry.name))
    return found


pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    running = hasty_cloud("test-rds-life")
    yield running
    stop(load(running.name), forget=True)  # as it is by now: a test may have started it anew


def test_what_was_there_is_there_after_the_next_start(cloud: Cloud) -> None:
    rds = Rds(clients_of(cloud))
    rds.make_pair()
    with rds.session(PRIMARY) as session:
        session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    ports = {name: rds.instance(name)["Endpoint"]["Port"] for name in (PRIMARY, REPLICA)}
    rds.calls.create_db_snapshot(DBInstanceIdentifier=REPLICA, DBSnapshotIdentifier="under-way")

    stop(cloud)
    left = servers(cloud)
    again = Rds(clients_of(hasty_cloud("test-rds-life")))

    assert not left
    assert {name: again.await_instance(name)["Endpoint"]["Port"] for name in (PRIMARY, REPLICA)} == ports
    with again.session(PRIMARY) as session:
        assert session.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert again.await_snapshot("under-way")["PercentProgress"] == 100
    with again.session(PRIMARY) as session:
        session.execute("CREATE TABLE later AS SELECT 1")
    with again.session(REPLICA) as session:
        await_value(lambda: session.execute("SELECT to_regclass('later')").fetchone() != (None,), PATIENCE)


def test_no_server_outlives_an_emulator_that_is_killed(cloud: Cloud) -> None:
    rds = Rds(clients_of(cloud))
    rds.make_pair()
    ran = servers(cloud)
    emulator = next(process for process in cloud.processes if process.name == EMULATOR)

    os.kill(emulator.pid, signal.SIGKILL)

    assert len(ran) == 2
    assert wait_until(lambda: not servers(cloud), PATIENCE)


def test_nothing_is_left_to_stop_after_a_cloud_is_down(cloud: Cloud) -> None:
    Rds(clients_of(cloud)).make_pair()

    stop(cloud)

    assert stop_all(cloud.directory / "databases") == 0
