"""What is a dump by its name or its statement, and what is ordinary work."""

import pytest

from functions.backup_watch.signs import of_application, of_statement

_LONG = ", ".join(f"column_{number}" for number in range(40))


@pytest.mark.parametrize(
    "name",
    [
        "pg_dump",
        "PG_DUMP",
        "pg_dumpall",
        "pg_dump (nightly)",
        "pg_basebackup",
        "pgBackRest [backup]",
        "wal-g",
        "pgcopydb[41] copy",
    ],
)
def test_a_program_that_dumps_is_known_by_the_name_it_gives_itself(name: str) -> None:
    assert of_application(name)


@pytest.mark.parametrize("name", ["", "psql", "pgbench", "walreceiver", "my pg_dump viewer", "PostgreSQL JDBC Driver"])
def test_an_ordinary_programs_name_says_nothing(name: str) -> None:
    assert of_application(name) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "COPY public.orders (id, placed_at) TO stdout;",
        "copy orders to stdout",
        'COPY "Odd ""Name".t TO STDOUT',
        'COPY "public"."lab results" TO STDOUT WITH (FORMAT csv)',
        "COPY only orders TO stdout",
        "COPY (SELECT * FROM orders WHERE id > ?) TO STDOUT",
        f"COPY (SELECT {_LONG}",
        "copy orders to program ?",
        "SET statement_timeout = ?; COPY orders TO STDOUT",
        "BEGIN; -- nightly\n COPY (SELECT * FROM orders) TO STDOUT; COMMIT",
        "/* every night; all of it */ COPY orders TO STDOUT",
        "-- nightly\n/* report */ COPY orders TO STDOUT",
        "DECLARE _pg_dump_cursor CURSOR FOR SELECT ctid, * FROM ONLY public.orders",
        "FETCH ? FROM _pg_dump_cursor",
        "LOCK TABLE public.orders IN ACCESS SHARE MODE",
        "LOCK TABLE public.orders, public.patients IN ACCESS SHARE MODE",
        "SELECT pg_catalog.pg_export_snapshot()",
        "SELECT * FROM aws_s3.query_export_to_s3(?, aws_commons.create_s3_uri(?, ?, ?))",
        "select aws_s3 . query_export_to_s3 (?)",
        "select lo_export(oid, ?) from pg_largeobject_metadata",
        "select pg_backup_start(?)",
    ],
)
def test_a_statement_that_reads_tables_out_is_known(statement: str) -> None:
    assert of_statement(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "COPY orders FROM STDIN",
        "COPY public.orders (id, placed_at) FROM stdin",
        "copy to_do from stdin",
        f"COPY orders ({_LONG}) FROM stdin",
        "SELECT note FROM orders; COPY orders FROM STDIN",
        "SELECT copy_to FROM settings",
        "SELECT * FROM orders",
        "LOCK TABLE orders IN EXCLUSIVE MODE",
        "DECLARE my_cursor CURSOR FOR SELECT * FROM orders",
        "UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?",
        "INSERT INTO notes (text) VALUES (?)",
    ],
)
def test_an_ordinary_statement_says_nothing(statement: str) -> None:
    assert of_statement(statement) == ""


def test_a_wide_tables_copy_that_is_cut_off_is_looked_at_and_says_that_it_may_be_none() -> None:
    said = of_statement(f"COPY public.orders ({_LONG}")

    assert "out or in" in said
    assert "orders" not in said


def test_no_word_of_a_statement_is_in_what_is_said_of_it() -> None:
    assert "orders" not in of_statement("COPY orders TO stdout")
