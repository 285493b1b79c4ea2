"""What every `DirectoryInventory` and `DirectoryRepairs` does: the same cases on the fake and on DynamoDB (moto)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from functions.core.adapters.aws.dynamodb_values import to_item
from functions.core.adapters.directory.freshness import DirectoryTableFreshness
from functions.core.adapters.directory.inventory import BETWEEN_PAGES, DirectoryTableInventory
from functions.core.adapters.directory.items import place_of, value_of
from functions.core.adapters.directory.repairs import DirectoryTableRepairs
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.domain.directory.reconciling import EntryName, Repair, SourceChange, StoredEntry, Written, likeness
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.directory import DirectoryInventory, DirectoryRepairs
from tests.contract.tables import a_table
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.directory_changes import TENANT, a_device, a_pager, a_phone, a_policy, a_shift, a_team, a_user
from tests.fakes.stored_directory import FakeStoredDirectory, name_of

TABLE = "directory"


@dataclass
class Subject:
    """The two ports on one directory, the queue's way into it, and the clock of all three."""

    inventory: DirectoryInventory
    repairs: DirectoryRepairs
    queue: DirectoryTableWriter | FakeStoredDirectory
    clock: FakeClock

    def entries(self, *tenants: str) -> dict[EntryName, StoredEntry]:
        found = self.inventory.entries(tenants or (TENANT,), self.clock())
        return {entry.name: entry for entry in found}

    def stored(self, change: SourceChange) -> StoredEntry:
        return self.entries(change.tenant)[name_of(change)]

    def repair(self, change: SourceChange, instead_of: int | None = None) -> Written:
        (written,) = self.repairs.repair([Repair(name_of(change), change, instead_of)])
        return written


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    clock = FakeClock()
    if request.param == "fake":
        fake = FakeStoredDirectory(clock)
        yield Subject(fake, fake, fake, clock)
        return
    with a_table(TABLE) as client:
        yield Subject(
            DirectoryTableInventory(client, TABLE),
            DirectoryTableRepairs(client, TABLE, clock),
            DirectoryTableWriter(client, TABLE, clock),
            clock,
        )


EVERY_KIND: list[SourceChange] = [a_user(), a_phone(), a_team(), a_shift()]
NEWER: list[SourceChange] = [change.model_copy(update={"revision": 5}) for change in EVERY_KIND]


def _at(seconds: float = 0) -> int:
    return int((NOON + timedelta(seconds=seconds)).timestamp())


@pytest.mark.parametrize("change", EVERY_KIND)
def test_what_came_by_queue_is_in_the_inventory_with_its_moment(subject: Subject, change: SourceChange) -> None:
    subject.queue.apply(change)
    assert subject.entries() == {
        name_of(change): StoredEntry(name_of(change), 1, _at(), likeness=likeness(change)),
    }


@pytest.mark.parametrize("change", EVERY_KIND)
def test_what_came_by_queue_as_deleted_is_in_the_inventory_as_that(subject: Subject, change: SourceChange) -> None:
    subject.queue.apply(change.model_copy(update={"deleted": True, "revision": 3}))
    assert subject.stored(change) == StoredEntry(name_of(change), 3, _at(), deleted=True)


def test_the_inventory_has_the_asked_tenants_and_no_other(subject: Subject) -> None:
    changes = [a_user(tenant=tenant) for tenant in ("northshore", "lakeside", "north")]
    for change in changes:
        subject.queue.apply(change)
    assert set(subject.entries("northshore", "north")) == {name_of(changes[0]), name_of(changes[2])}


def test_a_shift_that_has_ended_is_not_in_the_inventory(subject: Subject) -> None:
    subject.queue.apply(a_shift(ends_at=NOON - timedelta(hours=1)))
    assert subject.entries() == {}


@pytest.mark.parametrize("change", EVERY_KIND)
def test_a_repair_stores_what_is_missing(subject: Subject, change: SourceChange) -> None:
    assert subject.repair(change) is Written.NEWS
    assert subject.stored(change).likeness == likeness(change)


@pytest.mark.parametrize("change", EVERY_KIND)
def test_a_repair_never_overwrites_what_is_newer(subject: Subject, change: SourceChange) -> None:
    subject.queue.apply(change.model_copy(update={"revision": 2}))
    assert subject.repair(change) is Written.OLDER
    assert subject.stored(change).revision == 2


@pytest.mark.parametrize("change", NEWER)
def test_a_deletion_has_the_next_revision_and_says_that_nobody_asked_for_it(
    subject: Subject, change: SourceChange
) -> None:
    subject.queue.apply(change)
    entry = subject.stored(change)
    subject.clock.advance(60)
    assert subject.repairs.delete([entry]) == 1
    assert subject.stored(change) == StoredEntry(name_of(change), 6, _at(60), deleted=True, absent=True)


@pytest.mark.parametrize("change", NEWER)
def test_what_has_changed_since_it_was_read_is_not_deleted(subject: Subject, change: SourceChange) -> None:
    subject.queue.apply(change)
    entry = subject.stored(change)
    subject.queue.apply(change.model_copy(update={"revision": 6}))
    assert subject.repairs.delete([entry]) == 0
    assert not subject.stored(change).deleted


def test_what_was_never_there_is_not_deleted(subject: Subject) -> None:
    assert subject.repairs.delete([StoredEntry(name_of(a_user()), 1, 0)]) == 0
    assert subject.entries() == {}


@pytest.mark.parametrize("change", NEWER)
def test_a_change_of_the_deleted_revision_does_not_come_back_by_queue(subject: Subject, change: SourceChange) -> None:
    subject.queue.apply(change)
    subject.repairs.delete([subject.stored(change)])
    assert not subject.queue.apply(change)
    assert subject.stored(change).deleted


@pytest.mark.parametrize("change", NEWER)
@pytest.mark.parametrize("revision", [1, 5, 9])
def test_what_a_reconcile_deleted_it_can_bring_back_with_the_sources_revision(
    subject: Subject, change: SourceChange, revision: int
) -> None:
    subject.queue.apply(change)
    subject.repairs.delete([subject.stored(change)])
    again = change.model_copy(update={"revision": revision})
    assert subject.repair(again, instead_of=6) is Written.NEWS
    assert subject.stored(change) == StoredEntry(name_of(change), revision, _at(), likeness=likeness(again))


@pytest.mark.parametrize("change", NEWER)
def test_what_a_source_deleted_no_reconcile_brings_back(subject: Subject, change: SourceChange) -> None:
    subject.queue.apply(change.model_copy(update={"deleted": True}))
    assert subject.repair(change, instead_of=5) is Written.OLDER
    assert subject.stored(change).deleted


def test_a_batch_is_answered_in_order(subject: Subject) -> None:
    subject.queue.apply(a_user("u-2", revision=9))
    changes = [a_user("u-1"), a_user("u-2"), a_user("u-3")]
    fates = subject.repairs.repair([Repair(name_of(change), change) for change in changes])
    assert fates == [Written.NEWS, Written.OLDER, Written.NEWS]


def test_the_order_of_a_phones_uses_is_no_difference() -> None:
    one, other = a_phone(uses=["sms", "voice"]), a_phone(uses=["voice", "sms"])
    assert likeness(one) == likeness(other)
    assert likeness(one) != likeness(a_phone(uses=["voice"]))


# the table only


def test_what_the_views_do_not_hold_is_not_in_the_inventory() -> None:
    with a_table(TABLE) as client:
        writer = DirectoryTableWriter(client, TABLE)
        for change in (a_device(), a_pager(), a_policy(), a_user()):
            writer.apply(change)
        DirectoryTableFreshness(client, TABLE).compared(NOON)
        (found,) = DirectoryTableInventory(client, TABLE).entries((TENANT,), NOON)
    assert found.name == EntryName(TENANT, SourceKind.USER, "", "u-1")


def test_an_entry_that_cannot_be_read_is_in_the_inventory_and_can_be_deleted() -> None:
    with a_table(TABLE) as client:
        DirectoryTableWriter(client, TABLE, FakeClock()).apply(a_team())
        client.update_item(
            TableName=TABLE,
            Key=to_item({"pk": place_of(a_team()).pk, "sk": "SELF"}),
            UpdateExpression="SET #self.entry = :broken",
            ExpressionAttributeNames={"#self": "self"},
            ExpressionAttributeValues={":broken": {"S": "{}"}},
        )
        inventory = DirectoryTableInventory(client, TABLE)
        (found,) = inventory.entries((TENANT,), NOON)
        assert found == StoredEntry(name_of(a_team()), 1, _at())
        assert DirectoryTableRepairs(client, TABLE).delete([found]) == 1
        assert [entry.deleted for entry in inventory.entries((TENANT,), NOON)] == [True]


def test_a_deletion_keeps_nothing_of_what_was_there() -> None:
    with a_table(TABLE) as client:
        DirectoryTableWriter(client, TABLE, FakeClock()).apply(a_phone(number="+14165550177"))
        (found,) = DirectoryTableInventory(client, TABLE).entries((TENANT,), NOON)
        DirectoryTableRepairs(client, TABLE).delete([found])
        assert "5550177" not in str(client.scan(TableName=TABLE)["Items"])


def test_an_entry_of_before_moments_were_kept_is_of_long_ago() -> None:
    with a_table(TABLE) as client:
        value = value_of(a_team(), NOON)
        del value["M"]["at"]
        place = place_of(a_team())
        client.put_item(TableName=TABLE, Item=to_item({"pk": place.pk, "sk": place.sk}) | {place.attribute: value})
        (found,) = DirectoryTableInventory(client, TABLE).entries((TENANT,), NOON)
    assert (found.at, found.revision) == (0, 1)


def test_a_large_directory_is_read_with_pauses() -> None:
    pauses: list[float] = []
    with a_table(TABLE) as client:
        for number in range(4):
            filler = {"pk": f"T#{TENANT}#user#u-{number}", "sk": "SELF", "device#d": "x" * 390_000}
            client.put_item(TableName=TABLE, Item=to_item(filler) | {"self": value_of(a_user(f"u-{number}"), NOON)})
        found = list(DirectoryTableInventory(client, TABLE, pauses.append).entries((TENANT,), NOON))
    assert len(found) == 4
    assert set(pauses) == {BETWEEN_PAGES}


def test_a_change_that_outgrows_its_item_is_unfit_and_the_others_are_stored() -> None:
    with a_table(TABLE) as client:
        full = {"pk": place_of(a_user()).pk, "sk": "SELF", "device#d-0": "x" * 404_700}
        client.put_item(TableName=TABLE, Item=to_item(full))
        changes = [a_phone(phone="p" * 128), a_phone("u-2")]
        fates = DirectoryTableRepairs(client, TABLE).repair([Repair(name_of(change), change) for change in changes])
    assert fates == [Written.UNFIT, Written.NEWS]


def test_a_table_that_is_not_there_is_a_temporary_trouble() -> None:
    with a_table("another") as client:
        with pytest.raises(StoreUnavailableError):
            list(DirectoryTableInventory(client, TABLE).entries((TENANT,), NOON))
        with pytest.raises(StoreUnavailableError):
            DirectoryTableRepairs(client, TABLE).repair([Repair(name_of(a_user()), a_user())])
        with pytest.raises(StoreUnavailableError):
            DirectoryTableRepairs(client, TABLE).delete([StoredEntry(name_of(a_user()), 1, 0)])
        with pytest.raises(StoreUnavailableError):
            DirectoryTableFreshness(client, TABLE).data_at()


def test_the_moment_of_the_last_comparison_only_moves_forwards() -> None:
    with a_table(TABLE) as client:
        freshness = DirectoryTableFreshness(client, TABLE)
        assert freshness.data_at() is None
        freshness.compared(NOON)
        freshness.compared(NOON - timedelta(hours=1))
        assert freshness.data_at() == NOON
        freshness.compared(NOON + timedelta(milliseconds=5))
        assert freshness.data_at() == NOON + timedelta(milliseconds=5)
