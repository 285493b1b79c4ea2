"""Copies of a real database, whole and tampered with: what was done is found, and said without a row's content."""

import re
import time
from pathlib import Path

import pytest

from functions.backup_checks.asking import PatientAsker
from functions.backup_checks.foreign_keys import check_foreign_keys
from functions.backup_checks.pages import check_indexes
from functions.backup_checks.questions import NotAnsweredError, composed
from functions.backup_checks.settings import SqlCheck
from functions.core.adapters.backup.facts import BackupFacts, NoFactsError
from functions.core.domain.backup.record import Moment
from functions.database.errors import NotAReplicaError
from functions.database.restored import NotARestoredCopyError
from functions.database.sessions import Sessions
from local.databases.server import Server
from tests.contract.tables import a_table
from tests.integration.backup.copies import (
    BACKUP,
    Backups,
    access_to,
    asker,
    failing,
    run,
)

AS_REPLICATION = "SET session_replication_role = replica"
"""How rows get past triggers, and so past foreign keys."""


def test_a_copy_of_what_the_replica_holds_passes_every_check(backups: Backups) -> None:
    with backups.restored() as copy:
        rows = backups.check(copy)

    assert failing(rows) == {}
    words = {row.name: row.words for row in rows}
    assert words["row counts"] == "7 tables counted, 7 of them stood still"
    assert words["newest rows"] == "2 columns with the times of new rows"
    assert words["foreign keys hold"] == "3 foreign keys"
    assert "data checksums are on" in words["pages readable"]
    assert words["indexes whole"] == "not looked into: the extension amcheck is not installed"
    assert backups.facts.check_rows(BACKUP) == rows


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (
            ["DELETE FROM messages WHERE id <= 7"],
            {
                "row counts": "the row count of public.messages is 7 below what it was",
                "contents": "the rows of public.messages are not what they were",
            },
        ),
        (
            ["UPDATE messages SET body = 'other words' WHERE id = 5"],
            {"contents": "the rows of public.messages are not what they were"},
        ),
        (
            ["ALTER TABLE messages DROP CONSTRAINT messages_body_check"],
            {"constraints kept": "messages_body_check on public.messages is missing"},
        ),
        (
            [
                "ALTER TABLE messages DROP CONSTRAINT messages_body_check",
                "ALTER TABLE messages ADD CONSTRAINT messages_body_check CHECK (length(body) < 2000) NOT VALID",
            ],
            {
                "constraints kept": "messages_body_check on public.messages is not what it was",
                "constraints validated": "messages_body_check on public.messages is not validated",
            },
        ),
        (
            ["UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'messages_by_sender'::regclass"],
            {"indexes valid and ready": "public.messages_by_sender is not valid"},
        ),
        (["DROP INDEX messages_by_sender"], {"indexes kept": "public.messages_by_sender is missing"}),
        (
            ["ALTER TABLE messages DISABLE TRIGGER ALL"],
            {"routines, triggers and extensions kept": "RI_ConstraintTrigger"},
        ),
        (
            ["CREATE RULE nothing AS ON DELETE TO messages DO INSTEAD NOTHING"],
            {"routines, triggers and extensions kept": "rule nothing on public.messages is new"},
        ),
        (["ALTER TABLE pages ALTER note TYPE varchar(30)"], {"relations kept": "public.pages is not what it was"}),
        (["ALTER TABLE users ALTER name DROP NOT NULL"], {"relations kept": "public.users is not what it was"}),
        (["SELECT setval('tickets', 3)"], {"sequences": "public.tickets is 697 below what it was"}),
        (
            ["DROP TABLE pages"],
            {
                "tables are there": "public.pages is missing",
                "relations kept": "public.pages is missing",
                "constraints kept": "pages_a_b_fkey on public.pages is missing",
                "routines, triggers and extensions kept": "RI_ConstraintTrigger",
            },
        ),
        (
            [AS_REPLICATION, "DELETE FROM users WHERE id = 3"],
            {
                "row counts": "the row count of public.users is 1 below what it was",
                "contents": "the rows of public.users are not what they were",
                "foreign keys hold": "messages_sender_fkey on public.messages does not hold for 15 rows",
            },
        ),
        (
            [AS_REPLICATION, "UPDATE pages SET b = NULL WHERE a = 1"],
            {
                "contents": "the rows of public.pages are not what they were",
                "foreign keys hold": "pages_a_b_fkey on public.pages does not hold for 1 row",
            },
        ),
        (
            ["SET allow_system_table_mods = on", "DELETE FROM pg_attribute WHERE attrelid = 'pages'::regclass"],
            {"catalog whole": "pg_class: pages has 0 columns and says 3"},
        ),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_a_copy_that_was_tampered_with_fails(backups: Backups, tampering: list[str], found: dict[str, str]) -> None:
    with backups.restored() as copy:
        run(copy, *tampering)
        said = backups.failing(copy)

    for name, words in found.items():
        assert words in said[name]
    if "catalog whole" not in found:
        assert said.keys() == found.keys()
    assert not re.search("person |words |note", " ".join(said.values()))


def test_a_page_with_a_flipped_bit_is_found(backups: Backups) -> None:
    with backups.restored() as copy:
        ((path,),) = run(copy, "SELECT pg_relation_filepath('messages')")
        copy.stop()
        _flip(copy.directory / path, at=8192 + 4000)
        copy.start()
        said = backups.failing(copy)

    assert said["pages readable"] == "public.messages: the server ended it with XX001 (DataCorrupted)"
    assert said["row counts"] == "public.messages was not counted on the copy in time"


def test_a_table_whose_file_is_gone_is_found(backups: Backups) -> None:
    with backups.restored() as copy:
        ((path,),) = run(copy, "SELECT pg_relation_filepath('messages')")
        copy.stop()
        (copy.directory / path).unlink()
        copy.start()
        said = backups.failing(copy)

    assert "58P01" in said["pages readable"]
    assert "foreign keys hold" in said


def test_a_busy_table_may_hold_what_it_held_at_any_moment_between(backups: Backups) -> None:
    write = "INSERT INTO messages (sender, body) SELECT 1, 'more' FROM generate_series(1, 40)"
    backups.note(Moment.BEFORE)
    run(backups.pair.primary, write)
    backups.pair.catch_up()
    with backups.restored() as copy:
        run(backups.pair.primary, write)
        backups.note(Moment.AFTER)

        assert backups.failing(copy) == {}

        run(copy, "DELETE FROM messages WHERE id % 2 = 0")
        assert "public.messages" in backups.failing(copy)["row counts"]


def test_a_row_that_is_missing_is_found_though_every_row_was_updated_meanwhile(backups: Backups) -> None:
    update = "UPDATE users SET t = coalesce(t, $$$$) || $$x$$"
    backups.note(Moment.BEFORE)
    run(backups.pair.primary, update)
    backups.pair.catch_up()
    with backups.restored() as copy:
        run(backups.pair.primary, update)
        backups.note(Moment.AFTER)
        assert backups.failing(copy) == {}

        run(copy, AS_REPLICATION, "DELETE FROM users WHERE id = 3")
        assert backups.failing(copy)["row counts"] == "the row count of public.users is 1 below what it was"


def test_large_objects_are_looked_into(backups: Backups) -> None:
    ((number,),) = run(backups.pair.primary, "SELECT lo_from_bytea(0, 'a scan of a page')")
    try:
        for moment in Moment:
            backups.note(moment)
        with backups.restored() as copy:
            assert backups.failing(copy) == {}
            run(copy, f"SELECT lo_put({number}, 2, 'another')")
            said = backups.failing(copy)
    finally:
        run(backups.pair.primary, f"SELECT lo_unlink({number})", "VACUUM pg_largeobject")

    assert said == {"contents": "the rows of pg_catalog.pg_largeobject are not what they were"}


def test_a_role_that_may_read_nothing_is_refused_before_there_is_a_snapshot(backups: Backups) -> None:
    run(backups.pair.primary, "REVOKE pg_read_all_data FROM statline_backup")
    try:
        with pytest.raises(NotAnsweredError, match=r"not one of .* tables could be read.*42501.*roles\.sql"):
            backups.note(Moment.BEFORE)
    finally:
        run(backups.pair.primary, "GRANT pg_read_all_data TO statline_backup")


def test_a_fault_that_the_database_has_always_had_is_not_the_backups(backups: Backups) -> None:
    old = "ALTER TABLE users ADD CONSTRAINT old CHECK (name <> 'person 1') NOT VALID"
    run(backups.pair.primary, old)
    try:
        for moment in Moment:
            backups.note(moment)
        with backups.restored() as copy:
            assert backups.failing(copy) == {}
    finally:
        run(backups.pair.primary, "ALTER TABLE users DROP CONSTRAINT old")


def test_the_deployments_own_checks_are_asked_with_the_moment_of_the_backup(backups: Backups) -> None:
    age = "SELECT extract(epoch FROM current_setting('statline.taken_at')::timestamptz - max(sent_at)) FROM messages"
    own = [
        SqlCheck(name="somebody wrote", sql=age, must_be="at_most", value=600),
        SqlCheck(
            name="many users", sql="SELECT count(*) FROM users WHERE name LIKE '%'", must_be="at_least", value=201
        ),
        SqlCheck(name="writes", sql="DELETE FROM users RETURNING 1", must_be="equal_to", value=1),
        SqlCheck(name="names", sql="SELECT name FROM users LIMIT 1", must_be="equal_to", value=1),
        SqlCheck(name="waits", sql="SELECT 1 FROM nothing_of_this_name", must_be="equal_to", value=1),
    ]
    with backups.restored() as copy:
        said = backups.failing(copy, *own)

    assert said == {
        "many users": "200; must be at least 201",
        "writes": "not answered: the server ended it with 25006 (ReadOnlySqlTransaction)",
        "names": "not answered: it did not answer with one number",
        "waits": "not answered: the server ended it with 42P01 (UndefinedTable)",
    }


def test_facts_are_taken_of_a_replica_and_of_nothing_else(backups: Backups) -> None:
    with asker(backups.pair.primary, replica_only=True) as asking, pytest.raises(NotAReplicaError):
        asking.ask(composed("SELECT 1"), seconds=1)


def test_neither_the_primary_nor_the_replica_is_checked(backups: Backups) -> None:
    with pytest.raises(NotARestoredCopyError, match="feeds other servers"):
        backups.check(backups.pair.primary)
    with pytest.raises(NotARestoredCopyError, match="in recovery"):
        backups.check(backups.pair.replica)


def test_a_backup_without_facts_is_not_checked(backups: Backups) -> None:
    with a_table("empty") as client, pytest.raises(NoFactsError):
        Backups(backups.pair, BackupFacts(client, "empty")).check(backups.pair.primary)


def test_a_question_that_takes_too_long_is_not_answered(backups: Backups) -> None:
    with asker(backups.pair.replica, replica_only=True) as asking:
        with pytest.raises(NotAnsweredError, match="it took more than 0 s"):
            asking.ask(composed("SELECT pg_sleep(20)"), seconds=0.2)
        assert asking.ask(composed("SELECT 1"), seconds=5) == [(1,)]


def test_without_time_a_check_is_a_failure_and_not_a_pass(backups: Backups) -> None:
    with (
        backups.restored() as copy,
        Sessions(access_to(copy), application="backup-checks", replica_only=False) as sessions,
    ):
        late = PatientAsker(sessions, lambda: 0.0)
        rows = [check_foreign_keys(late), check_indexes(late)]

    assert {row.words for row in rows} == {"not answered: there was no time left to ask"}
    assert not any(row.passed for row in rows)


AMCHECK = """
CREATE FUNCTION bt_index_check(index regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF index::text = 'messages_by_sender' THEN
        RAISE EXCEPTION 'item order invariant violated' USING ERRCODE = 'XX002';
    END IF;
END $$;
REVOKE ALL ON FUNCTION bt_index_check(regclass) FROM PUBLIC;
"""
"""A stand-in: PostgreSQL's build here has no amcheck. Like the real one it is for those who were allowed."""


def test_amcheck_is_used_where_it_is_installed_and_allowed(backups: Backups) -> None:
    with backups.restored() as copy:
        _offer_extension(copy)
        run(copy, "CREATE EXTENSION amcheck")
        with asker(copy, replica_only=False) as asking:
            assert "may not execute" in check_indexes(asking).words

            run(copy, "GRANT EXECUTE ON FUNCTION bt_index_check(regclass) TO statline_backup")
            found = check_indexes(asking)
            run(copy, "DROP INDEX messages_by_sender")
            after = check_indexes(asking)

    assert not found.passed
    assert found.words == "public.messages_by_sender: the server ended it with XX002 (IndexCorrupted)"
    assert after.passed
    assert after.words.endswith("B-trees, by amcheck")


def _offer_extension(server: Server) -> None:
    place = server.directory / "offered" / "extension"
    place.mkdir(parents=True)
    (place / "amcheck.control").write_text("default_version = '1.0'\nrelocatable = true\n")
    (place / "amcheck--1.0.sql").write_text(AMCHECK)
    run(
        server,
        f"ALTER SYSTEM SET extension_control_path = '{place.parent}'",
        "SELECT pg_reload_conf()",
    )
    deadline = time.monotonic() + 20
    while not run(server, "SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'"):
        assert time.monotonic() < deadline, "the server does not offer the extension"


def _flip(file: Path, *, at: int) -> None:
    with file.open("r+b") as content:
        content.seek(at)
        (byte,) = content.read(1)
        content.seek(at)
        content.write(bytes([byte ^ 0b100]))


def test_a_large_table_is_sampled_and_its_size_is_compared(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.backup_checks.tables.READ_UP_TO", 100_000)
    monkeypatch.setattr("functions.backup_checks.foreign_keys.READ_UP_TO", 100_000)
    monkeypatch.setattr("functions.core.domain.backup.tables.SLACK_BYTES", 0)
    for moment in Moment:
        backups.note(moment)
    with backups.restored() as copy:
        words = {row.name: row.words for row in backups.check(copy)}
        run(copy, "TRUNCATE messages")
        said = backups.failing(copy)

    assert words["sizes of large tables"].startswith("of 1 table that could not be read")
    assert "1 in a sample" in words["pages readable"]
    assert words["foreign keys hold"].endswith("those of larger tables were left out: 1")
    assert "the size of public.messages is" in said["sizes of large tables"]
