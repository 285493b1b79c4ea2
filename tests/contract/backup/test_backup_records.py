"""The table of backups, as DynamoDB (moto) keeps it and as the workflow writes it."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from functions.core.adapters.backup.facts import BackupFacts, FactsTooLargeError, NoFactsError
from functions.core.adapters.backup.records import BackupRecords
from functions.core.domain.backup.facts import Facts, TableFacts
from functions.core.domain.backup.record import (
    BackupKind,
    BackupOutcome,
    CheckRow,
    Moment,
    NoSuchBackupError,
    Step,
    UnreadableRecordError,
)
from functions.core.domain.errors import StoreUnavailableError
from tests.contract.tables import a_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "statline-backups"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OPEN = {
    "kind": "snapshot",
    "reason": "before release 4.2",
    "started_by": "somebody",
    "execution": "arn:aws:states:::execution",
    "started_at": "2026-01-01T12:00:00.000Z",
    "step": "snapshot",
}


class World:
    def __init__(self, client: "DynamoDBClient") -> None:
        self.client = client
        self.records, self.facts = BackupRecords(client, TABLE), BackupFacts(client, TABLE)

    def store(self, backup: str, numbers: dict[str, str] | None = None, **texts: str) -> None:
        """What the workflow's own integration with DynamoDB writes."""
        attributes: dict[str, dict[str, str]] = {name: {"S": text} for name, text in {**OPEN, **texts}.items()}
        attributes |= {name: {"N": number} for name, number in (numbers or {}).items()}
        self.client.put_item(TableName=TABLE, Item={"pk": {"S": "BACKUP"}, "sk": {"S": backup}, **attributes})

    def count(self) -> int:
        """How many items there are."""
        return self.client.scan(TableName=TABLE, Select="COUNT")["Count"]


@pytest.fixture
def world() -> Iterator[World]:
    with a_table(TABLE) as client:
        yield World(client)


def test_a_record_is_read_as_the_workflow_writes_it(world: World) -> None:
    world.store("b", {"progress": "40.0", "size_gib": "100"}, looked_at="2026-01-01T12:01:00Z", copy="the-copy")

    record = world.records.get("b")

    assert (record.kind, record.step, record.outcome) == (BackupKind.SNAPSHOT, Step.SNAPSHOT, None)
    assert (record.started_at, record.progress, record.size_gib) == (NOON, 40, 100)
    assert (record.of, record.copy, record.running) == ("b", "the-copy", True)


def test_records_come_newest_first_from_more_pages_than_one(world: World) -> None:
    for number in range(450):
        world.store(f"{number:04}", reason="x" * 4000)

    ids = [record.id for record in world.records.newest_first()]

    assert ids == [f"{number:04}" for number in reversed(range(450))]


def test_the_last_verified_backup_is_neither_a_verification_nor_one_that_was_deleted(world: World) -> None:
    assert world.records.last_verified() is None
    world.store("1", outcome="Verified", verified_at="2026-01-01T12:30:00Z")
    world.store("2", outcome="Verified", deleted_at="2026-01-01T12:30:00Z")
    world.store("3", outcome="Verified", kind="verify", of="1")
    world.store("4", outcome="CheckFailed")
    world.store("5")

    found = world.records.last_verified()

    assert found is not None
    assert found.id == "1"


def test_a_backup_that_a_later_verification_found_wrong_is_not_the_last_verified_any_more(world: World) -> None:
    world.store("1", outcome="Verified", verified_at="2026-01-01T12:30:00Z")
    world.store("2", outcome="Verified", verified_at="2026-01-02T12:30:00Z")
    world.store("3", outcome="CheckFailed", started_at="2026-01-03T12:00:00Z", kind="verify", of="2")

    doubted = world.records.last_verified()
    world.store("4", outcome="Verified", started_at="2026-01-04T12:00:00Z", kind="verify", of="2")
    sound = world.records.last_verified()

    assert doubted is not None
    assert sound is not None
    assert (doubted.id, sound.id) == ("1", "2")


def test_the_first_who_asks_to_cancel_is_kept_and_an_ended_backup_cannot_be_cancelled(world: World) -> None:
    world.store("runs")
    world.store("ended", outcome="Verified")

    assert world.records.ask_to_cancel("runs", "first")
    assert world.records.ask_to_cancel("runs", "second")
    assert not world.records.ask_to_cancel("ended", "first")
    assert not world.records.ask_to_cancel("nobody's", "first")

    assert world.records.get("runs").cancel_asked_by == "first"
    assert world.records.find("nobody's") is None


def test_a_record_is_ended_once(world: World) -> None:
    world.store("runs")

    assert world.records.mark_interrupted("runs", "words", NOON)
    assert not world.records.mark_interrupted("runs", "other words", NOON + timedelta(hours=1))

    record = world.records.get("runs")
    assert (record.outcome, record.words, record.ended_at) == (BackupOutcome.INTERRUPTED, "words", NOON)


def test_marks_make_no_record_of_a_backup_that_nobody_knows(world: World) -> None:
    assert not world.records.mark_far_copy("nobody's", name="n", region="r")
    assert not world.records.mark_deleted("nobody's", NOON, gone_at=NOON)
    assert world.records.find("nobody's") is None
    with pytest.raises(NoSuchBackupError):
        world.records.get("nobody's")


def test_the_record_of_a_deleted_backup_goes_when_its_time_is_over(world: World) -> None:
    world.store("old", outcome="Verified")

    world.records.mark_deleted("old", NOON, gone_at=NOON + timedelta(days=1))

    item = world.client.get_item(TableName=TABLE, Key={"pk": {"S": "BACKUP"}, "sk": {"S": "old"}})["Item"]
    assert item["ttl"] == {"N": str(int((NOON + timedelta(days=1)).timestamp()))}
    assert world.records.get("old").deleted_at == NOON


@pytest.mark.parametrize(
    "wrong", [{"kind": "tape"}, {"started_at": "yesterday"}, {"started_at": "2026-01-01T12:00:00"}, {"step": "?"}]
)
def test_what_cannot_be_read_is_said_with_the_backups_id(world: World, wrong: dict[str, str]) -> None:
    world.store("odd", None, **wrong)

    with pytest.raises(UnreadableRecordError, match="backup odd"):
        world.records.get("odd")


def test_a_torso_of_a_record_is_said_to_be_one(world: World) -> None:
    world.client.put_item(TableName=TABLE, Item={"pk": {"S": "BACKUP"}, "sk": {"S": "torso"}})

    with pytest.raises(UnreadableRecordError, match="torso lacks an attribute"):
        world.records.get("torso")


def test_a_table_that_is_not_there_is_a_store_that_gives_no_answer(world: World) -> None:
    nowhere = BackupRecords(world.client, "nowhere")

    with pytest.raises(StoreUnavailableError):
        nowhere.get("b")
    with pytest.raises(StoreUnavailableError):
        list(nowhere.newest_first())
    with pytest.raises(StoreUnavailableError):
        nowhere.ask_to_cancel("b", "somebody")


def a_digest(name: str) -> str:
    """As little to be packed as the digests that PostgreSQL makes."""
    return sha256(name.encode()).hexdigest()[:32]


def some_facts(tables: int) -> Facts:
    names = [f"public.a_table_whose_name_is_as_long_as_names_are_{number}" for number in range(tables)]
    return Facts(
        taken_at=NOON,
        data_at=None,
        version=180004,
        tables={name: TableFacts(8192, 10, "-123", {"made_at": 1.5}) for name in names},
        answers={"relations kept": {name: a_digest(name) for name in names}, "sequences": {"s": 7.0}},
    )


@pytest.mark.parametrize("tables", [1, 3000, 30_000])
def test_facts_are_read_as_they_were_written_also_when_they_are_many(world: World, tables: int) -> None:
    facts = some_facts(tables)

    world.facts.write("b", Moment.AFTER, facts)

    assert world.facts.read("b", Moment.AFTER) == facts
    with pytest.raises(NoFactsError, match="before"):
        world.facts.read("b", Moment.BEFORE)


def test_facts_that_take_several_items_go_with_all_of_them(world: World) -> None:
    world.facts.write("b", Moment.BEFORE, some_facts(30_000))
    assert world.count() > 1

    world.facts.forget("b")

    assert world.count() == 0


def test_facts_of_which_a_part_is_missing_are_refused_and_not_believed(world: World) -> None:
    world.facts.write("b", Moment.BEFORE, some_facts(30_000))
    world.client.delete_item(TableName=TABLE, Key={"pk": {"S": "FACTS#b"}, "sk": {"S": "before#1"}})

    with pytest.raises(UnreadableRecordError, match="a part is missing"):
        world.facts.read("b", Moment.BEFORE)


def test_facts_of_more_objects_than_there_are_in_any_database_are_refused_in_words(world: World) -> None:
    facts = some_facts(1)
    endless = secrets.token_hex(3_500_000)

    with pytest.raises(FactsTooLargeError, match="bytes packed"):
        world.facts.write("b", Moment.BEFORE, Facts(NOON, None, 1, facts.tables, {"names": {endless: "x"}}))


def test_the_rows_of_the_last_check_are_kept_and_go_with_the_facts(world: World) -> None:
    rows = (CheckRow("row counts", passed=False, words="3 below what it was"), CheckRow("b", passed=True, words=""))
    world.facts.write("b", Moment.BEFORE, some_facts(1))

    world.facts.write_check("b", rows, run="c", at=NOON)
    assert world.facts.check_rows("b") == rows

    world.facts.forget("b")
    world.facts.forget("b")
    assert world.facts.check_rows("b") == ()
    with pytest.raises(NoFactsError):
        world.facts.read("b", Moment.BEFORE)
