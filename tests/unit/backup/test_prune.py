"""Pruning in both regions, and what becomes of the records."""

import pytest

from functions.backup_upkeep.ports import RdsRefusedError
from functions.backup_upkeep.prune import Prune
from functions.core.domain.backup.record import BackupOutcome
from functions.core.domain.backup.retention import Keep
from tests.fakes.backups import FakeBackups, FakeRegion, a_copy, a_record, a_snapshot, backup_id
from tests.fakes.clock import FakeClock


class World:
    def __init__(self) -> None:
        self.backups = FakeBackups(*(a_record(number, days_ago=40 - number) for number in (1, 2, 3)))
        self.here = FakeRegion([a_copy(1), a_copy(2), a_copy(3)])
        self.far = FakeRegion([a_copy(1), a_copy(2), a_copy(3)])

    def prune(self, *, leftovers_only: bool = False) -> tuple[str, ...]:
        return Prune(
            records=self.backups,
            facts=self.backups,
            here=self.here,
            far=self.far,
            keep=Keep(days=7, verified=2),
            clock=FakeClock(),
        )(leftovers_only=leftovers_only)


def test_an_old_backup_goes_in_both_regions_with_its_facts_and_its_record_says_so() -> None:
    world = World()

    assert world.prune() == (backup_id(1),)

    assert world.here.snapshots() == world.far.snapshots() == (a_copy(2), a_copy(3))
    assert world.backups.forgotten == [backup_id(1)]
    assert world.backups.records[backup_id(1)].deleted_at is not None
    assert world.prune() == ()


def test_a_backup_of_which_a_copy_could_not_go_yet_is_not_called_deleted() -> None:
    world = World()
    world.far.stuck = {a_copy(1).name}

    assert world.prune() == (backup_id(1),)
    assert world.backups.records[backup_id(1)].deleted_at is None

    world.far.stuck = set()
    assert world.prune() == (backup_id(1),)
    assert world.backups.records[backup_id(1)].deleted_at is not None


def test_a_region_that_refuses_is_told_and_nothing_is_called_deleted() -> None:
    world = World()
    world.far.forbidden = {a_copy(1).name}

    with pytest.raises(RdsRefusedError):
        world.prune()

    assert world.backups.records[backup_id(1)].deleted_at is None


def test_a_backup_whose_copies_somebody_deleted_by_hand_is_not_called_a_backup_any_more() -> None:
    world = World()
    world.here.stored_snapshots.remove(a_copy(3))
    world.far.stored_snapshots.remove(a_copy(3))

    world.prune()

    assert not world.backups.records[backup_id(3)].is_kept


def test_after_a_row_of_failed_runs_their_leftovers_go_and_no_verified_backup_does() -> None:
    world = World()
    for number, days_ago in ((7, 5), (8, 3), (9, 1)):
        world.backups.records[backup_id(number)] = a_record(
            number, outcome=BackupOutcome.CHECK_FAILED, days_ago=days_ago
        )
        world.here.stored_snapshots += [a_snapshot(number), a_copy(number)]

    assert world.prune(leftovers_only=True) == (backup_id(7), backup_id(8))

    # The newest failure stays for whoever wants to see why.
    assert world.here.snapshots() == (a_copy(1), a_copy(2), a_copy(3), a_snapshot(9), a_copy(9))
    assert world.far.snapshots() == (a_copy(1), a_copy(2), a_copy(3))
    assert world.backups.records[backup_id(1)].is_kept
