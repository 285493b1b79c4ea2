"""Dumps in the load: found by the name of the program or by the statement, with who it is."""

from datetime import timedelta

from functions.backup_watch.dumps import LEAST_LOAD, find_dumps
from functions.backup_watch.finding import Level, Observation
from tests.fakes.backup_watch import FakeLoad, Working
from tests.fakes.clock import NOON

_BEGAN = NOON - timedelta(minutes=4)
_DUMP = Working("pg_dump", "reports", "10.0.4.17", "COPY public.orders (id) TO stdout;")
_RENAMED = Working("nightly", "reports", "10.0.4.17", "COPY (SELECT * FROM patients) TO STDOUT")
_ORDINARY = (
    Working("ehr", "app", "10.0.1.1", "SELECT * FROM orders WHERE id = ?", load=7.0),
    Working("pgbench", "app", "10.0.1.2", "UPDATE pgbench_accounts SET abalance = ?", load=3.0),
    Working("etl", "loader", "10.0.1.3", "COPY staging FROM STDIN"),
)


def found(*sessions: Working) -> list[Observation]:
    return find_dumps(FakeLoad(_BEGAN, *sessions), primary="the-primary")


def test_ordinary_work_is_no_dump() -> None:
    assert found(*_ORDINARY) == []


def test_pg_dump_is_found_with_user_address_and_beginning() -> None:
    (dump,) = found(_DUMP, *_ORDINARY)
    assert dump.who == "database user reports from 10.0.4.17, application pg_dump"
    assert (dump.since, dump.level, dump.over) == (_BEGAN, Level.PAGE, False)
    assert "pg_dump" in dump.what


def test_pg_dump_is_found_whatever_it_runs_at_the_moment() -> None:
    (dump,) = found(Working("pg_dump", "reports", "10.0.4.17", "SELECT pg_catalog.set_config(?, ?, ?)", load=0.001))
    assert "reports" in dump.who


def test_a_copy_under_another_name_is_found_by_its_statement() -> None:
    (dump,) = found(_RENAMED, *_ORDINARY)
    assert dump.who == "database user reports from 10.0.4.17, application nightly"
    assert "COPY ... TO" in dump.what


def test_pg_dumps_own_copy_is_not_found_twice() -> None:
    assert len(found(_DUMP)) == 1


def test_two_people_who_dump_at_once_are_two_findings() -> None:
    other = Working("pg_dump", "finance", "10.0.4.18", _DUMP.statement)
    assert len({observation.key for observation in found(_DUMP, other, _RENAMED)}) == 3


def test_one_session_with_two_statements_is_one_finding() -> None:
    cursor = Working("nightly", "reports", "10.0.4.17", "FETCH ? FROM _pg_dump_cursor")
    assert len(found(_RENAMED, cursor)) == 1


def test_a_copy_that_costs_next_to_nothing_is_no_dump() -> None:
    assert found(Working("etl", "app", "10.0.1.3", "COPY (SELECT ?) TO STDOUT", load=LEAST_LOAD / 2)) == []


def test_a_dump_of_many_small_tables_under_another_name_is_found_by_all_its_statements() -> None:
    small = [
        Working("nightly", "reports", "10.0.4.17", f"COPY public.{'t' * number} TO stdout", load=LEAST_LOAD / 8)
        for number in range(1, 11)
    ]
    (dump,) = found(*small, *_ORDINARY)
    assert dump.who == "database user reports from 10.0.4.17, application nightly"


def test_a_base_backup_under_another_name_is_found_by_its_command() -> None:
    command = "BASE_BACKUP ( LABEL 'x', PROGRESS, CHECKPOINT 'fast', WAIT 0, MANIFEST 'yes' )"
    (dump,) = found(Working("storage-agent", "repl", "10.0.4.17", command))
    assert "base backup" in dump.what


def test_a_long_report_is_no_dump() -> None:
    report = "SELECT date_trunc(?, sent_at), count(*) FROM messages m JOIN users u ON u.id = m.sender GROUP BY 1"
    assert found(Working("reports", "analyst", "10.0.4.17", report, load=4.0)) == []


def test_a_session_without_a_name_or_address_is_found_as_well() -> None:
    (dump,) = found(Working("", "reports", "", "COPY orders TO STDOUT"))
    assert dump.who == "database user reports from an unknown address, application without a name"


def test_nothing_of_a_statements_text_gets_into_what_is_said() -> None:
    (dump,) = found(_RENAMED)
    assert "patients" not in f"{dump}"
