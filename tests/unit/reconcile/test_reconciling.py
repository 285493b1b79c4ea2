"""What one run makes of what the views show and what the directory holds, on fakes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from functions.core.domain.directory.reconciling import (
    MARGIN,
    EntryName,
    HeldBack,
    Report,
    StoredEntry,
    Verdict,
    ViewUnreadableError,
    likeness,
    too_many,
    verdict,
)
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.errors import StoreUnavailableError
from functions.core.services.measured_reconcile import MeasuredReconcile
from functions.core.services.reconcile import Order, OutOfTimeError, Reconcile
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.directory_changes import TENANT, a_phone, a_shift, a_team, a_user
from tests.fakes.source_views import FakeSourceViews
from tests.fakes.stored_directory import FakeStoredDirectory, name_of
from tests.unit.reconcile.notes import Notes

DAY = timedelta(days=1)
OLD = int((NOON - DAY).timestamp())
FRESH = int(NOON.timestamp())


@dataclass
class FakeFreshness:
    moment: datetime | None = None

    def data_at(self) -> datetime | None:
        return self.moment

    def compared(self, data_at: datetime) -> None:
        self.moment = data_at


@dataclass
class SlowDirectory:
    """A directory that takes its time to tell of each entry."""

    directory: FakeStoredDirectory
    clock: FakeClock
    seconds_each: float

    def entries(self, tenants: Collection[str], now: datetime) -> Iterator[StoredEntry]:
        for entry in self.directory.entries(tenants, now):
            self.clock.advance(self.seconds_each)
            yield entry


@dataclass
class World:
    """A run's surroundings, a day after everything in the directory was stored."""

    clock: FakeClock = field(default_factory=FakeClock)
    notes: Notes = field(default_factory=Notes)
    freshness: FakeFreshness = field(default_factory=FakeFreshness)
    seconds: float = 600
    tenants: tuple[str, ...] = (TENANT, "lakeside")

    def __post_init__(self) -> None:
        self.views = FakeSourceViews(self.clock)
        self.directory = FakeStoredDirectory(self.clock)

    def run(self, percent: int = 50) -> Report:
        reconcile = Reconcile(self.views, self.directory, self.directory, self.notes, self.clock, self.tenants)
        order = Order(percent, self.clock() + timedelta(seconds=self.seconds))
        return MeasuredReconcile(reconcile, self.freshness, self.notes, self.clock).run(order)

    def live(self) -> set[EntryName]:
        return set(self.directory.live())


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(4):
        world.directory.apply(a_user(f"u-{number}"))
        world.views.show(a_user(f"u-{number}"))
    world.clock.advance(DAY.total_seconds())
    return world


ROW = a_user(revision=5)
LIKE = likeness(ROW)


@pytest.mark.parametrize(
    ("stored", "means"),
    [
        (None, Verdict.NEWS),
        (StoredEntry(name_of(ROW), 4, OLD), Verdict.NEWS),
        (StoredEntry(name_of(ROW), 4, FRESH), Verdict.NEWS),
        (StoredEntry(name_of(ROW), 4, FRESH, deleted=True), Verdict.NEWS),
        (StoredEntry(name_of(ROW), 5, OLD, likeness=LIKE), Verdict.SAME),
        (StoredEntry(name_of(ROW), 6, FRESH, likeness=LIKE), Verdict.SAME),
        (StoredEntry(name_of(ROW), 6, FRESH, deleted=True), Verdict.SAME),
        (StoredEntry(name_of(ROW), 5, FRESH, likeness=LIKE + 1), Verdict.SAME),
        (StoredEntry(name_of(ROW), 5, OLD, likeness=LIKE + 1), Verdict.DISAGREES),
        (StoredEntry(name_of(ROW), 5, OLD), Verdict.DISAGREES),
        (StoredEntry(name_of(ROW), 6, OLD, likeness=LIKE), Verdict.DISAGREES),
        (StoredEntry(name_of(ROW), 6, OLD, deleted=True), Verdict.DISAGREES),
        (StoredEntry(name_of(ROW), 6, OLD, deleted=True, absent=True), Verdict.BACK),
        (StoredEntry(name_of(ROW), 4, OLD, deleted=True, absent=True), Verdict.BACK),
        (StoredEntry(name_of(ROW), 6, FRESH, deleted=True, absent=True), Verdict.SAME),
        (StoredEntry(name_of(ROW), 4, FRESH, deleted=True, absent=True), Verdict.SAME),
    ],
)
def test_what_a_row_means_for_its_entry(stored: StoredEntry | None, means: Verdict) -> None:
    assert verdict(ROW, stored, NOON) is means


@pytest.mark.parametrize(
    ("gone", "live", "percent", "held"),
    [(1, 10, 10, False), (2, 10, 10, True), (1, 1, 99, True), (1, 1, 100, False), (1, 1000, 0, True), (0, 0, 0, False)],
)
def test_how_many_may_go_at_once(gone: int, live: int, percent: int, held: bool) -> None:
    assert too_many(gone, live, percent) is held


def test_nothing_is_written_where_all_is_as_it_should_be(world: World) -> None:
    before = world.directory.writes
    report = world.run()
    assert world.directory.writes == before
    assert (report.complete, report.repaired, report.live[SourceKind.USER]) == (True, 0, 4)


def test_an_empty_view_empties_nothing_whatever_share_is_usual(world: World) -> None:
    world.views.rows.clear()
    report = world.run(percent=99)
    assert report.held_back == (HeldBack(TENANT, SourceKind.USER, 4, 4),)
    assert len(world.live()) == 4
    assert world.notes.held == list(report.held_back)


def test_one_tenants_empty_view_keeps_no_other_tenant_from_its_deletions(world: World) -> None:
    world.views.rows.clear()
    for number in range(4):
        world.directory.apply(a_user(f"u-{number}", tenant="lakeside"))
    world.clock.advance(DAY.total_seconds())
    world.views.show(*(a_user(f"u-{number}", tenant="lakeside") for number in range(3)))
    report = world.run()
    assert (report.deleted, len(report.held_back)) == (1, 1)
    assert name_of(a_user("u-3", tenant="lakeside")) not in world.live()


def test_only_what_the_replica_must_know_of_is_deleted(world: World) -> None:
    world.directory.apply(a_user("u-late"))
    world.views.moment = world.clock() + MARGIN
    assert world.run(100).deleted == 0
    world.views.moment = world.clock() + MARGIN + timedelta(seconds=1)
    assert world.run(100).deleted == 1


def test_a_stale_replica_deletes_nothing_that_came_after_its_moment(world: World) -> None:
    world.views.moment = NOON - DAY
    world.views.rows.clear()
    assert world.run(100).deleted == 0


def test_a_view_that_breaks_off_deletes_nothing_and_the_next_view_is_compared(world: World) -> None:
    world.views.trouble[TENANT, SourceKind.USER, 1] = ViewUnreadableError("too slow")
    world.views.rows.pop(name_of(a_user("u-3")))
    world.views.show(a_team())
    report = world.run(100)
    assert (report.complete, report.deleted, report.unread) == (False, 0, 1)
    assert name_of(a_team()) in world.live()
    assert world.notes.unread == [(TENANT, SourceKind.USER)]
    assert world.freshness.moment is None


def test_a_row_that_breaks_the_contract_protects_its_entry(world: World) -> None:
    world.views.spoil(name_of(a_user("u-1")))
    report = world.run(100)
    assert (report.refused, report.deleted, len(world.live())) == (1, 0, 4)
    assert world.notes.refused == [name_of(a_user("u-1"))]


def test_a_key_that_a_view_shows_twice_is_one_entry(world: World) -> None:
    world.views.page = 10
    world.views.show(a_phone("u-1"))
    assert world.run().live[SourceKind.CONTACT_POINT] == 1


def test_a_shift_that_has_ended_is_worth_no_write(world: World) -> None:
    world.views.show(a_shift(ends_at=world.clock()))
    world.directory.apply(a_shift("u-2", ends_at=world.clock() - timedelta(seconds=1)))
    before = world.directory.writes
    world.run(100)
    assert world.directory.writes == before


def test_a_deleted_entry_comes_back_when_a_later_replica_has_it(world: World) -> None:
    row = world.views.rows.pop(name_of(a_user("u-1")))
    world.run()
    assert row.name not in world.live()
    world.views.rows[row.name] = row
    world.run()
    assert row.name not in world.live()
    world.clock.advance(MARGIN.total_seconds() + 1)
    assert world.run().repaired == 1
    assert row.name in world.live()


def test_a_run_that_dies_half_way_has_done_no_harm_and_the_next_goes_on(world: World) -> None:
    world.views.show(*(a_phone(f"u-{number}") for number in range(4)))
    world.directory.failing = [StoreUnavailableError("away")]
    with pytest.raises(StoreUnavailableError):
        world.run()
    assert len(world.live()) == 4
    assert world.run().repaired == 4


def test_a_run_ends_when_its_time_is_over(world: World) -> None:
    world.seconds = 0
    with pytest.raises(OutOfTimeError):
        world.run()


def test_a_run_ends_also_while_a_large_directory_is_read(world: World) -> None:
    world.views.trouble[TENANT, SourceKind.USER, 0] = AssertionError("the views are read in spite of the time")
    slow = SlowDirectory(world.directory, world.clock, seconds_each=200)
    reconcile = Reconcile(world.views, slow, world.directory, world.notes, world.clock, world.tenants)
    with pytest.raises(OutOfTimeError):
        reconcile.run(Order(50, world.clock() + timedelta(seconds=500)))


def test_the_age_is_that_of_the_replicas_data(world: World) -> None:
    world.views.moment = world.clock() - timedelta(seconds=40)
    world.run()
    assert world.notes.ages == [40]


def test_the_age_goes_on_growing_while_runs_fail(world: World) -> None:
    world.run()
    world.views.away = StoreUnavailableError("away")
    for _ in range(2):
        world.clock.advance(900)
        with pytest.raises(StoreUnavailableError):
            world.run()
    assert world.notes.ages == [0, 900, 1800]


def test_a_primary_whose_clock_is_ahead_makes_no_age_negative(world: World) -> None:
    world.views.moment = world.clock() + timedelta(seconds=3)
    world.run()
    assert world.notes.ages == [0]
