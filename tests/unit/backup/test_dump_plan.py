"""In which parts a database is dumped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.backup_dump.part import key_of
from functions.backup_dump.plan import LARGEST_TABLE, Content, Part, Table, TooLargeToDumpError, plan

GIB = 1024**3


def test_definitions_come_first_then_rows_then_other_data_then_constraints() -> None:
    parts = plan([Table("public", "users", 1), Table("public", "messages", 2 * GIB), Table("public", "teams", 1)])

    assert [(part.number, part.content, part.name) for part in parts] == [
        (0, Content.DEFINITIONS, "definitions"),
        (1, Content.TABLES, "public.messages"),
        (2, Content.TABLES, "2-tables"),
        (3, Content.REST, "other-data"),
        (4, Content.CONSTRAINTS, "constraints"),
    ]


@given(st.lists(st.integers(0, 3 * GIB), max_size=300))
def test_every_table_is_in_exactly_one_part(sizes: list[int]) -> None:
    tables = [Table("public", f"t{number}", size) for number, size in enumerate(sizes)]

    dumped = [table for part in plan(tables) for table in part.tables]

    assert sorted(dumped) == sorted((table.schema, table.relation) for table in tables)


def test_a_table_that_is_too_large_is_refused_with_the_limit_and_the_ways_out() -> None:
    plan([Table("public", "messages", LARGEST_TABLE)])

    with pytest.raises(TooLargeToDumpError) as refusal:
        plan([Table("public", "messages", 41 * GIB)])

    for words in ("public.messages", "41.0 GiB", "up to 8 GiB", "--kind export", "a machine beside it"):
        assert words in str(refusal.value)


def test_more_tables_than_the_workflows_state_holds_are_refused() -> None:
    with pytest.raises(TooLargeToDumpError, match="9,000 tables do not fit"):
        plan([Table("public", f"a_table_of_many_{number}", 0) for number in range(9000)])


def test_a_parts_key_holds_no_surprises() -> None:
    part = Part(7, Content.TABLES, 'Odd s./../"é t')

    assert key_of("20260101t000001-abcd", part) == "dumps/20260101t000001-abcd/0007-Odd_s._..___t.dump"
