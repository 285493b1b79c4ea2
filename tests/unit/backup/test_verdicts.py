"""How a copy is judged by what the replica held before and after."""

import pytest

from functions.core.domain.backup.facts import TableFacts
from functions.core.domain.backup.record import CheckRow
from functions.core.domain.backup.tables import table_checks
from functions.core.domain.backup.verdicts import between, kept, none, same, summary, verdict

STILL = TableFacts(size=8192, rows=100, fingerprint="7", newest={"made_at": 1000.0})


def failing(before: TableFacts, after: TableFacts, copy: TableFacts | None) -> dict[str, str]:
    rows = table_checks({"t": before}, {"t": after}, {} if copy is None else {"t": copy})
    return {row.name: row.words for row in rows if not row.passed}


def test_a_table_that_stood_still_must_be_the_same_to_the_row() -> None:
    assert failing(STILL, STILL, STILL) == {}
    lost = TableFacts(size=8192, rows=99, fingerprint="6", newest={"made_at": 1000.0})
    assert failing(STILL, STILL, lost) == {
        "row counts": "the row count of t is 1 below what it was",
        "contents": "the rows of t are not what they were",
    }


def test_a_changed_value_is_seen_though_every_row_is_there() -> None:
    changed = TableFacts(size=8192, rows=100, fingerprint="8", newest={"made_at": 1000.0})
    assert failing(STILL, STILL, changed) == {"contents": "the rows of t are not what they were"}


def test_a_table_that_grew_meanwhile_may_hold_anything_between_and_a_little_more() -> None:
    after = TableFacts(size=8192, rows=120, fingerprint="9", newest={"made_at": 1060.0})
    for rows in (100, 110, 120, 150):
        assert failing(STILL, after, TableFacts(8192, rows, "1", {"made_at": 1030.0})) == {}
    assert failing(STILL, after, TableFacts(8192, 60, "1", {"made_at": 1030.0})) == {
        "row counts": "the row count of t is 10 below what it was (with 30 rows of slack)"
    }


UPDATED = (
    TableFacts(size=8192, rows=1000, fingerprint="1", keys="5"),
    TableFacts(size=8192, rows=1000, fingerprint="2", keys="5"),
)


def test_a_table_whose_rows_were_only_updated_lacks_none_of_them() -> None:
    assert failing(*UPDATED, TableFacts(size=8192, rows=1000, fingerprint="3", keys="5")) == {}
    assert failing(*UPDATED, TableFacts(size=8192, rows=1004, fingerprint="3", keys="9")) == {}
    assert failing(*UPDATED, TableFacts(size=8192, rows=996, fingerprint="3", keys="4")) == {
        "row counts": "the row count of t is 4 below what it was"
    }


def test_a_row_that_took_anothers_place_is_seen_in_a_table_that_is_written_to() -> None:
    assert failing(*UPDATED, TableFacts(size=8192, rows=1000, fingerprint="3", keys="6")) == {
        "contents": "t has other rows than it had, by their keys"
    }


def test_a_queue_that_is_empty_twice_may_have_held_something_between() -> None:
    empty = TableFacts(size=8192, rows=0)
    assert failing(empty, empty, TableFacts(size=8192, rows=3, fingerprint="5")) == {}
    never_used = TableFacts(size=0, rows=0)
    assert "row counts" in failing(never_used, never_used, TableFacts(size=8192, rows=3, fingerprint="5"))


def test_newest_rows_that_are_gone_are_told_by_how_much() -> None:
    after = TableFacts(size=8192, rows=120, fingerprint="9", newest={"made_at": 1060.0})
    old = TableFacts(size=8192, rows=100, fingerprint="1", newest={"made_at": 400.0})
    assert failing(STILL, after, old) == {"newest rows": "the newest row by t.made_at is 600 s too old"}


def test_a_missing_table_and_an_uncounted_one_fail() -> None:
    assert failing(STILL, STILL, None) == {"tables are there": "t is missing"}
    assert failing(STILL, STILL, TableFacts(size=8192))["row counts"] == "t was not counted on the copy in time"


def test_a_table_that_is_too_large_to_read_is_compared_by_its_size() -> None:
    large = TableFacts(size=10**12)
    assert failing(large, large, large) == {}
    assert "sizes of large tables" in failing(large, large, TableFacts(size=9 * 10**11))


def test_what_changed_while_it_was_looked_at_is_no_fault() -> None:
    assert kept({"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "1"}) == []
    assert kept({"a": "1", "c": "1"}, {"a": "1", "c": "1"}, {"c": "2"}) == ["a is missing", "c is not what it was"]


def test_what_acts_by_itself_must_not_be_more_than_there_was() -> None:
    assert same({"a": "1"}, {"a": "1", "b": "1"}, {"a": "1", "b": "1"}) == []
    assert same({"a": "1"}, {"a": "1"}, {"b": "1"}) == ["a is missing", "b is new"]


def test_a_fault_that_the_replica_has_too_is_not_the_backups() -> None:
    assert none({"old fault": ""}, {}, {"old fault": "", "new fault": ""}) == ["new fault"]


@pytest.mark.parametrize(
    ("value", "faults"), [(5, []), (7, []), (4, ["s is 1 below what it was"]), (9, ["s is 2 above what it was"])]
)
def test_a_number_lies_between(value: float, faults: list[str]) -> None:
    assert between({"s": 5}, {"s": 7}, {"s": value}) == faults


def test_many_faults_are_counted_and_the_first_named() -> None:
    row = verdict("names", [f"fault {number}" for number in range(9)], looked_at="")
    assert row.words == "fault 0; fault 1; fault 2; fault 3; fault 4; and 4 more"


def test_the_summary_names_what_failed() -> None:
    good, bad = CheckRow("a", passed=True, words="fine"), CheckRow("b", passed=False, words="gone")
    assert summary([good, good]) == "all 2 checks passed"
    assert summary([good, bad]) == "1 of 2 checks failed. b: gone"
