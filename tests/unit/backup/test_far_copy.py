"""Copies in the second region of the country."""

import pytest

from functions.backup_upkeep.far_copy import FarCopy, NotThisBackupsCopyError
from functions.core.domain.backup.record import BACKUP_TAG, EXECUTION_TAG, NoSuchBackupError
from tests.fakes.backups import EXECUTION, FakeBackups, FakeRegion, a_copy, a_record, a_snapshot, backup_id

ARN = f"arn:aws:rds:ca-central-1:111122223333:snapshot:{a_copy(1).name}"


class World:
    def __init__(self) -> None:
        self.backups, self.far = FakeBackups(a_record(1, outcome=None)), FakeRegion()
        self.copies = FarCopy(
            records=self.backups, far=self.far, region="ca-central-1", far_region="ca-west-1", key="alias/there"
        )


def test_the_copy_is_started_once_with_the_far_key_and_our_tags_and_noted_first() -> None:
    world = World()

    for _ in range(2):
        assert world.copies.start(backup_id(1), ARN) == a_copy(1).name

    tags = {BACKUP_TAG: backup_id(1), EXECUTION_TAG: f"{EXECUTION}1"}
    assert world.far.copied == [("ca-central-1", ARN, "alias/there", tags)]
    record = world.backups.records[backup_id(1)]
    assert (record.far_copy, record.far_region) == (a_copy(1).name, "ca-west-1")
    assert world.copies.look_at(backup_id(1)) == ("creating", 40)


@pytest.mark.parametrize(
    "arn",
    [
        ARN.replace(a_copy(1).name, a_snapshot(1).name),
        ARN.replace(a_copy(1).name, a_copy(2).name),
        ARN.replace(a_copy(1).name, "before-the-migration"),
        ARN.replace("ca-central-1", "us-east-1"),
    ],
)
def test_nothing_but_the_backups_own_copy_leaves_the_region(arn: str) -> None:
    world = World()

    with pytest.raises(NotThisBackupsCopyError):
        world.copies.start(backup_id(1), arn)

    assert world.far.copied == []


def test_a_copy_of_a_backup_that_nobody_knows_is_not_started() -> None:
    world = World()
    world.backups.records.clear()

    with pytest.raises(NoSuchBackupError):
        world.copies.start(backup_id(1), ARN)


def test_a_far_copy_that_is_not_there_is_missing() -> None:
    assert World().copies.look_at(backup_id(1)) == ("missing", 0)
