"""Sessions as a person reads them at night."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from statline.cli.database.model import Session, SessionKind
from statline.cli.database.view import lines_of

NOW = datetime(2026, 11, 22, 14, 10, tzinfo=UTC)
DUMP = Session(
    pid=4711,
    started_at=NOW - timedelta(hours=2),
    user="clinic_dba",
    application="pg_dump",
    database="clinical",
    client="10.20.1.17",
    state="active",
    busy_since=NOW - timedelta(minutes=73),
    backend="client backend",
    leader=None,
    copied=12 << 30,
    kind=SessionKind.PG_DUMP,
)


def test_a_session_says_who_from_where_since_when_and_how_much() -> None:
    assert list(lines_of([DUMP], NOW)) == [
        "4711     pg_dump: clinic_dba from 10.20.1.17, in clinical, calls itself pg_dump",
        "         since 2026-11-22 12:57:00+0000 (1 h 13 min), active, has read 12,288 MiB so far",
    ]


def test_what_is_never_ended_says_why() -> None:
    (_, second) = lines_of([replace(DUMP, user="rdsadmin", copied=None)], NOW)
    assert second.endswith("never ended here: a session of rdsadmin, which is RDS itself")


def test_a_helper_names_the_session_that_it_works_for() -> None:
    helper = replace(DUMP, backend="parallel worker", leader=4711)
    assert helper.untouchable == "a helper of session 4711, and ends with that one"
