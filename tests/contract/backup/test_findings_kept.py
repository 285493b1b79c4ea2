"""What was found on the primary, kept: the table and the tests' fake behave alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.backup_watch.finding import Finding, Level, Source
from functions.backup_watch.finding_table import PARTITION, FindingTable
from functions.backup_watch.ports import Findings
from functions.core.domain.errors import StoreUnavailableError
from tests.contract.tables import a_table
from tests.fakes.backup_watch import FakeFindings
from tests.fakes.clock import NOON

_TABLE = "statline-backups"
_ONGOING = Finding(
    id="session#pg_dump#reports@10.0.4.17#1",
    key="session#pg_dump#reports@10.0.4.17",
    source=Source.LOAD,
    level=Level.PAGE,
    what="a dump (pg_dump) of the-primary",
    who="database user reports",
    first_seen=NOON,
    last_seen=NOON + timedelta(minutes=3),
)
_ENDED = replace(
    _ONGOING,
    id="snapshot#by-hand#1",
    key="snapshot#by-hand",
    source=Source.SNAPSHOTS,
    level=Level.TICKET,
    who="",
    note="Creating manual snapshot",
    first_seen=NOON - timedelta(hours=1),
    last_seen=NOON - timedelta(minutes=30),
    ended_at=NOON - timedelta(minutes=30),
    told_at=NOON - timedelta(minutes=59),
    told_who="somebody",
    end_told_at=NOON,
)


@pytest.fixture(params=["table", "fake"])
def findings(request: pytest.FixtureRequest) -> Iterator[Findings]:
    if request.param == "fake":
        yield FakeFindings()
        return
    with a_table(_TABLE) as client:
        yield FindingTable(client, _TABLE)


def test_what_is_kept_is_read_as_it_was_the_oldest_first(findings: Findings) -> None:
    findings.keep(_ONGOING)
    findings.keep(_ENDED)
    assert findings.recent(NOON - timedelta(hours=2)) == [_ENDED, _ONGOING]


def test_what_ended_long_ago_is_not_read(findings: Findings) -> None:
    findings.keep(_ENDED)
    assert findings.recent(NOON) == []


def test_what_goes_on_is_read_however_long_ago_it_was_seen(findings: Findings) -> None:
    findings.keep(_ONGOING)
    assert findings.recent(NOON + timedelta(days=30)) == [_ONGOING]


def test_a_finding_replaces_the_one_of_its_id(findings: Findings) -> None:
    findings.keep(_ONGOING)
    later = replace(_ONGOING, ended_at=NOON, last_seen=NOON)
    findings.keep(later)
    assert findings.recent(NOON) == [later]


def test_a_finding_stands_apart_from_the_records_of_backups_and_goes_after_a_year() -> None:
    with a_table(_TABLE) as client:
        FindingTable(client, _TABLE).keep(_ONGOING)
        (item,) = client.scan(TableName=_TABLE)["Items"]
    assert item["pk"] == {"S": PARTITION}
    assert int(item["ttl"]["N"]) > (NOON + timedelta(days=364)).timestamp()


def test_a_table_that_gives_no_answer_is_said() -> None:
    with a_table(_TABLE) as client:
        nowhere = FindingTable(client, "another")
        with pytest.raises(StoreUnavailableError):
            nowhere.recent(NOON)
        with pytest.raises(StoreUnavailableError):
            nowhere.keep(_ONGOING)
