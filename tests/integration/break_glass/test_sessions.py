"""Who is listed, on a real server with real dumps."""

import re

from statline.cli.exits import Exit
from tests.integration.break_glass.ward import APPLICATION_USER, DUMPER, TABLE, Ward, options
from tests.unit.cli.scene import Scene


def _said_of(text: str, pid: int) -> str:
    """The two lines of a session."""
    lines = text.splitlines()
    (place,) = [number for number, line in enumerate(lines) if re.match(rf"{pid}\b", line)]
    return " ".join(lines[place : place + 2])


def test_a_pg_dump_is_listed_with_who_from_where_and_since_when(region: Scene, ward: Ward) -> None:
    with ward.pg_dump() as pid:
        result = region.run("database", "sessions", *options(ward.server))
    assert result.exit_code == Exit.DONE, result.stderr
    line = _said_of(result.stdout, pid)
    assert "pg_dump" in line
    assert DUMPER in line
    assert "127.0.0.1" in line
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", line)


def test_a_copy_out_is_seen_under_any_name(region: Scene, ward: Ward) -> None:
    with ward.copy_out("nightly-report") as pid:
        result = region.run("database", "sessions", *options(ward.server))
    line = _said_of(result.stdout, pid)
    assert "COPY ... TO" in line
    assert "nightly-report" in line
    assert re.search(r"\d+ MiB", line)


def test_a_pg_dump_that_calls_itself_something_else_is_seen(region: Scene, ward: Ward) -> None:
    with ward.pg_dump(named="ehr-orders") as copying:
        assert "COPY ... TO" in _said_of(region.run("database", "sessions", *options(ward.server)).stdout, copying)
    with ward.pg_dump("--inserts", named="ehr-orders") as fetching:
        assert "cursor of a dump" in _said_of(
            region.run("database", "sessions", *options(ward.server)).stdout, fetching
        )


def test_who_only_works_is_not_listed_unless_all_are_asked_for(region: Scene, ward: Ward) -> None:
    with ward.at_work() as connection:
        pid = str(connection.info.backend_pid)
        assert "Nobody dumps it" in region.run("database", "sessions", *options(ward.server)).stdout
        everybody = region.run("database", "sessions", *options(ward.server), "--all").stdout
    assert pid in everybody
    assert APPLICATION_USER in everybody


def test_a_copy_that_is_over_makes_nobody_a_dumper(region: Scene, ward: Ward) -> None:
    with ward.connect(APPLICATION_USER, "ehr-orders") as connection:
        with connection.cursor().copy("COPY (SELECT id FROM observations LIMIT 3) TO STDOUT") as copy:
            assert len(list(copy)) == 3
        assert "Nobody dumps it" in region.run("database", "sessions", *options(ward.server)).stdout


def test_a_dump_between_two_tables_is_still_one(region: Scene, ward: Ward) -> None:
    """No COPY runs at the moment, but its transaction is open and its snapshot is held."""
    with ward.connect(APPLICATION_USER, "home-made") as connection:
        connection.execute("BEGIN")
        with connection.cursor().copy("-- orders\n copy (SELECT 1) TO STDOUT WITH csv") as copy:
            assert len(list(copy)) == 1
        assert "COPY ... TO" in region.run("database", "sessions", *options(ward.server)).stdout


def test_copying_into_a_table_is_no_dump_whatever_its_statement_says(region: Scene, ward: Ward) -> None:
    with ward.superuser() as owner:
        owner.execute(f'CREATE TABLE IF NOT EXISTS inbox ("to" int); GRANT INSERT ON inbox TO {APPLICATION_USER}')
    with ward.connect(APPLICATION_USER, "loader") as connection:
        connection.execute("BEGIN")
        with connection.cursor().copy('COPY inbox ("to") FROM STDIN') as copy:
            copy.write_row([1])
            assert "Nobody dumps it" in region.run("database", "sessions", *options(ward.server)).stdout
        assert "Nobody dumps it" in region.run("database", "sessions", *options(ward.server)).stdout


def test_no_statement_and_nothing_from_one_is_shown(region: Scene, ward: Ward) -> None:
    with ward.pg_dump(), ward.copy_out("nightly-report"), ward.at_work():
        shown = region.run("database", "sessions", *options(ward.server), "--all")
    assert TABLE not in shown.output
    assert "copy this to that" not in shown.output


def test_a_user_who_sees_only_its_own_sessions_is_told_so_instead_of_nobody_dumps(region: Scene, ward: Ward) -> None:
    with ward.pg_dump():
        result = region.run("database", "sessions", *options(ward.server, user=APPLICATION_USER))
    assert result.exit_code == Exit.NO
    assert "GRANT pg_monitor" in result.stderr
    assert "Nobody" not in result.stdout
