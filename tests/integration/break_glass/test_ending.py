"""Who is ended, who is not, and what is written down of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from functions.core.adapters.aws.dynamodb_values import from_item
from statline.cli.database.access import Wishes, access
from statline.cli.database.model import Session
from statline.cli.database.server import Server as Asked
from statline.cli.exits import Exit
from tests.integration.break_glass.ward import APPLICATION_USER, DUMPER, Ward, options, wait_until
from tests.unit.cli.scene import Scene

WHY = ("--reason", "pushes are late, somebody dumps the primary")


def _record(region: Scene) -> list[dict[str, Any]]:
    answer = region.dynamodb.query(
        TableName="statline-backups",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "AUDIT"}},
    )
    return [from_item(dict(item)) for item in answer["Items"]]  # type: ignore[arg-type]


def _ends(region: Scene, ward: Ward, *arguments: str, typed: str, user: str = "statline_break_glass") -> Any:
    return region.run("database", "end", *arguments, *WHY, *options(ward.server, user=user), given=typed)


def test_a_held_pg_dump_is_ended_and_the_one_who_works_goes_on(region: Scene, ward: Ward) -> None:
    with ward.at_work() as work, ward.pg_dump() as pid:
        result = _ends(region, ward, str(pid), typed=f"end {pid}\n")
        assert result.exit_code == Exit.DONE, result.output
        assert f"session {pid} ended" in result.stdout
        assert not ward.lives(pid)
        assert work.execute("SELECT 1").fetchone() == (1,)


def test_a_copy_out_of_any_program_is_ended(region: Scene, ward: Ward) -> None:
    with ward.copy_out("nightly-report") as pid:
        assert _ends(region, ward, str(pid), typed=f"end {pid}\n").exit_code == Exit.DONE
        assert not ward.lives(pid)


def test_what_is_to_be_ended_can_be_chosen_from_the_list(region: Scene, ward: Ward) -> None:
    with ward.pg_dump() as dump, ward.copy_out("nightly-report") as copy:
        result = _ends(region, ward, typed=f"{copy}\nend {copy}\n")
        assert result.exit_code == Exit.DONE, result.output
        assert str(dump) in result.stdout
        assert not ward.lives(copy)
        assert ward.lives(dump)


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "yes\n", "end\n", "end 1\n", "END {pid}\n", "end {pid} \n{pid}\n"])
def test_anything_but_the_sentence_ends_nothing_and_writes_nothing(region: Scene, ward: Ward, typed: str) -> None:
    with ward.copy_out("nightly-report") as pid:
        result = _ends(region, ward, str(pid), typed=typed.format(pid=pid))
        assert result.exit_code != Exit.DONE
        assert ward.lives(pid)
    assert _record(region) == []


def test_who_whom_and_why_is_written_before_and_what_came_of_it_after(region: Scene, ward: Ward) -> None:
    with ward.pg_dump() as dump, ward.copy_out("nightly-report") as copy:
        assert _ends(region, ward, str(dump), str(copy), typed=f"end {dump} {copy}\n").exit_code == Exit.DONE
    entries = _record(region)
    assert [(entry["phase"], entry["pid"]) for entry in entries] == [
        ("intent", dump),
        ("intent", copy),
        ("result", dump),
        ("result", copy),
    ]
    intent, result = entries[0], entries[2]
    assert intent["id"] == result["id"]
    assert str(intent["caller"]).startswith("arn:aws:sts::")
    assert intent["os_user"]
    assert (intent["session_user"], intent["application"], intent["kind"]) == (DUMPER, "pg_dump", "pg_dump")
    assert intent["reason"] == WHY[1]
    assert "ending" not in intent
    assert result["ending"] == "ended"
    assert "observations" not in str(entries)


def test_a_server_that_will_not_end_it_is_written_down_too(region: Scene, ward: Ward) -> None:
    """PostgreSQL lets nobody but a superuser end a superuser's session."""
    with ward.superuser() as owner:
        owner.execute("CREATE ROLE chief LOGIN SUPERUSER")
    with ward.connect("chief", "pg_dump") as chief:
        pid = chief.info.backend_pid
        result = _ends(region, ward, str(pid), typed=f"end {pid}\n")
        assert result.exit_code == Exit.NO
        assert "did not end session" in result.stderr
        assert ward.lives(pid)
    intent, after = _record(region)
    assert (intent["phase"], after["phase"], after["ending"]) == ("intent", "result", "failed")
    assert "SUPERUSER" in str(after["words"])


def test_without_a_record_nothing_is_ended(scene: Scene, ward: Ward) -> None:
    with ward.copy_out("nightly-report") as pid:
        result = _ends(scene, ward, str(pid), typed=f"end {pid}\n")
        assert result.exit_code == Exit.AWS
        assert "Nothing was ended" in result.stderr
        assert "--record-file" in result.stderr
        assert ward.lives(pid)


def test_a_process_id_that_belongs_to_somebody_else_by_now_is_left_alone(ward: Ward) -> None:
    """The dump ended while the person typed, and its process id came to somebody else: as if, by another start."""
    with ward.connect(APPLICATION_USER, "pg_dump") as innocent, _asked(ward) as server:
        (seen,) = [each for each in server.sessions() if each.pid == innocent.info.backend_pid]
        before = _moved(seen, seconds=-60)
        assert not server.end(before)
        assert not server.is_there(before)
        assert innocent.execute("SELECT 1").fetchone() == (1,)
        assert server.end(seen)
        wait_until(lambda: not server.is_there(seen), "the end of the session that still was the one")


def test_a_session_that_does_something_else_by_now_is_left_alone(ward: Ward) -> None:
    with ward.connect(APPLICATION_USER, "pg_dump") as worker, _asked(ward) as server:
        (seen,) = [each for each in server.sessions() if each.pid == worker.info.backend_pid]
        worker.execute("SET application_name = 'ehr-orders'")
        assert not server.end(seen)
        assert server.is_there(seen)


def test_a_session_that_is_no_dump_needs_a_flag_and_a_second_sentence(region: Scene, ward: Ward) -> None:
    with ward.at_work() as work:
        pid = work.info.backend_pid
        refused = _ends(region, ward, str(pid), typed=f"end {pid}\n")
        assert refused.exit_code == Exit.NO
        assert "--any" in refused.stderr
        once = _ends(region, ward, str(pid), "--any", typed=f"end {pid}\n\n")
        assert once.exit_code == Exit.NO
        assert work.execute("SELECT 1").fetchone() == (1,)
        twice = _ends(region, ward, str(pid), "--any", typed=f"end {pid}\nend {pid} though it is no dump\n")
        assert twice.exit_code == Exit.DONE, twice.output
        with pytest.raises(psycopg.OperationalError):
            work.execute("SELECT 1")


def test_a_process_of_the_servers_own_is_never_ended(region: Scene, ward: Ward) -> None:
    with ward.superuser() as owner:
        rows = owner.execute(
            "SELECT pid, backend_type FROM pg_stat_activity WHERE backend_type IN ('autovacuum launcher', 'walwriter')"
        ).fetchall()
        mine = owner.info.backend_pid
        for pid in [*(str(row[0]) for row in rows), str(mine)]:
            typed = f"end {pid}\nend {pid} though it is no dump\n"
            result = _ends(region, ward, pid, "--any", typed=typed, user="rdsadmin")
            assert result.exit_code == Exit.NO
            assert "never ended here" in result.stderr
            assert ward.lives(int(pid))
    assert len(rows) == 2
    assert _record(region) == []


def test_a_process_id_that_nobody_has_is_said_and_the_others_are_ended(region: Scene, ward: Ward) -> None:
    with ward.copy_out("nightly-report") as pid:
        result = _ends(region, ward, "2", str(pid), typed=f"end {pid}\n")
        assert result.exit_code == Exit.DONE
        assert "session 2: there is no such session" in result.stderr


def _asked(ward: Ward) -> Asked:
    return Asked(
        access(
            Wishes(
                region="ca-central-1",
                host="127.0.0.1",
                port=ward.server.port,
                user="statline_break_glass",
                database="postgres",
                no_tls=True,
            )
        )
    )


def _moved(session: Session, *, seconds: int) -> Session:
    return replace(session, started_at=session.started_at + timedelta(seconds=seconds))
