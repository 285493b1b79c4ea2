"""How the command comes to the server, and what it says when it cannot."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.cloud.processes import free_port
from local.databases.server import Server
from statline.cli.exits import Exit
from tests.integration.break_glass.ward import APPLICATION_USER, ROLE, Ward, options
from tests.postgres import folder, pair
from tests.unit.cli.scene import Scene

FULL = {"max_connections": "8", "reserved_connections": "2", "superuser_reserved_connections": "1"}


@pytest.fixture
def small() -> Iterator[Ward]:
    """A server with few connections, two of them kept for roles like ours and one for the superuser."""
    with folder() as place:
        server = Server(place / "primary", free_port(), FULL)
        server.create()
        server.start()
        try:
            ward = Ward(server)
            with ward.superuser() as connection:
                connection.execute(f"CREATE ROLE {APPLICATION_USER} LOGIN")
                connection.execute(ROLE.read_text())
            yield ward
        finally:
            server.remove()


def test_it_still_comes_in_when_applications_have_taken_every_other_connection(region: Scene, small: Ward) -> None:
    with ExitStack() as taken:
        for _ in range(5):
            taken.enter_context(small.connect(APPLICATION_USER, "ehr-orders"))
        application = region.run("database", "sessions", *options(small.server, user=APPLICATION_USER))
        ours = region.run("database", "sessions", *options(small.server))
    assert application.exit_code == Exit.NO
    assert "pg_use_reserved_connections" in application.stderr
    assert ours.exit_code == Exit.DONE, ours.output


def test_the_replicas_lifeline_is_never_cut(region: Scene) -> None:
    with pair() as servers:
        ward = Ward(servers.primary)
        ward.prepare()
        with ward.superuser() as connection:
            ((pid,),) = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender'"
            ).fetchall()
        result = region.run(
            "database", "end", str(pid), "--any", "--reason", "a mistake", *options(servers.primary, user="rdsadmin"),
            given=f"end {pid}\nend {pid} though it is no dump\n",
        )  # fmt: skip
        assert result.exit_code == Exit.NO
        assert "replication session" in result.stderr
        assert ward.lives(int(str(pid)))
        on_replica = region.run("database", "sessions", *options(servers.replica, user="rdsadmin"))
        assert "a replica" in on_replica.stderr


def test_a_server_that_is_not_there_is_named_and_what_to_look_at(scene: Scene) -> None:
    nowhere = Server(Path("/nonexistent"), free_port())
    result = scene.run("database", "sessions", *options(nowhere))
    assert result.exit_code == Exit.NO
    assert f"127.0.0.1:{nowhere.port}" in result.stderr
    assert "check --host, --port and --tunnel" in result.stderr


def test_a_user_that_is_not_there_is_named(scene: Scene, ward: Ward) -> None:
    result = scene.run("database", "sessions", *options(ward.server, user="nobody_here"))
    assert result.exit_code == Exit.NO
    assert "nobody_here" in result.stderr
    assert "check --user and --database" in result.stderr


def test_without_the_table_the_record_goes_into_the_file_that_is_named(
    scene: Scene, ward: Ward, tmp_path: Path
) -> None:
    record = tmp_path / "record.jsonl"
    with ward.copy_out("nightly-report") as pid:
        result = scene.run(
            "database", "end", str(pid), "--reason", "pushes are late", "--record-file", str(record),
            *options(ward.server), given=f"end {pid}\n",
        )  # fmt: skip
        assert result.exit_code == Exit.DONE, result.output
        assert not ward.lives(pid)
    lines = record.read_text().splitlines()
    assert len(lines) == 2
    assert '"phase": "intent"' in lines[0]
    assert '"ending": "ended"' in lines[1]
    assert record.stat().st_mode & 0o077 == 0


def test_a_record_file_that_cannot_be_written_ends_nothing(scene: Scene, ward: Ward, tmp_path: Path) -> None:
    with ward.copy_out("nightly-report") as pid:
        result = scene.run(
            "database", "end", str(pid), "--reason", "x", "--record-file", str(tmp_path / "no" / "folder"),
            *options(ward.server), given=f"end {pid}\n",
        )  # fmt: skip
        assert result.exit_code == Exit.AWS
        assert ward.lives(pid)
