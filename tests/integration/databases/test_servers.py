"""PostgreSQL servers without a cloud: replicas, copies, and what is left of those whose owner is gone."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from local.cloud.processes import free_port, wait_until
from local.databases.leftovers import stop_all
from local.databases.machines import Machine, processors_of
from local.databases.server import Server, ServerError
from tests.postgres import Pair, folder, pair, primary

PATIENCE = 15.0


def count(server: Server) -> int:
    """The rows of the table `notes`; none where there is no such table yet."""
    try:
        return int(server.ask("SELECT count(*) FROM notes"))
    except ServerError:
        return 0


def write(server: Server, rows: int) -> None:
    server.ask("CREATE TABLE IF NOT EXISTS notes (id int)")
    server.ask(f"INSERT INTO notes SELECT generate_series(1, {rows})")


@pytest.fixture(scope="module")
def both() -> Iterator[Pair]:
    with pair() as found:
        write(found.primary, 100)
        yield found


def test_a_replica_streams_what_is_written_to_its_primary(both: Pair) -> None:
    before = count(both.primary)

    write(both.primary, 7)

    assert wait_until(lambda: count(both.replica) == before + 7, PATIENCE)
    assert both.replica.ask("SELECT pg_is_in_recovery()") == "t"


def test_a_copy_of_a_replica_follows_nobody_and_can_be_copied_and_started(both: Pair) -> None:
    assert wait_until(lambda: count(both.replica) == count(both.primary), PATIENCE)
    then = count(both.primary)
    with folder() as place:
        kept, restored = Server(place / "kept", 0), Server(place / "restored", free_port())
        kept.clone(both.replica)
        write(both.primary, 5)
        restored.fill(kept.directory)
        try:
            restored.start()

            assert restored.ask("SELECT pg_is_in_recovery()") == "f"
            assert count(restored) == then
        finally:
            restored.remove()


def test_a_number_that_somebody_else_has_by_now_is_not_taken_for_the_server() -> None:
    with folder() as place, subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        server = Server(place / "gone", 0)
        server.directory.mkdir()
        (server.directory / "postmaster.pid").write_text(f"{stranger.pid}\n")

        server.stop()

        assert not server.is_running()
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_servers_are_stopped_when_their_watched_owner_goes_away() -> None:
    with primary() as server:
        command = [sys.executable, "-m", "local.databases.leftovers", str(server.directory.parent)]
        watching = subprocess.Popen(command, stdin=subprocess.PIPE)
        running_while_watched = server.is_running()

        watching.communicate()

        assert running_while_watched
        assert not server.is_running()


def test_nothing_is_left_over_where_nothing_was() -> None:
    with folder() as place:
        assert stop_all(place / "never") == 0


@pytest.mark.parametrize("available", [[3], [0, 1], [0, 1, 2], [4, 5, 6, 7]])
def test_a_primary_shares_no_processor_with_others_where_there_are_two(available: list[int]) -> None:
    own, others = (processors_of(machine, available) for machine in (Machine.PRIMARY, Machine.OTHER))

    assert own
    assert others
    assert own | others == set(available)
    assert len(available) == 1 or not own & others
