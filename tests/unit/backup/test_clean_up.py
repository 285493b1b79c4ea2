"""What is removed after an execution that was ended from outside, and what never is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.backup_upkeep.clean import CleanUp, CleanUpIncompleteError
from functions.core.domain.backup.leftovers import StoredExport, StoredInstance, execution_arn
from functions.core.domain.backup.record import (
    EXECUTION_TAG,
    ROLE_TAG,
    BackupOutcome,
    backup_of,
    export_name,
    restored_name,
)
from functions.core.domain.backup.retention import StoredSnapshot
from tests.fakes.backups import (
    EXECUTION,
    MACHINE,
    FakeBackups,
    FakeExecutions,
    FakeRegion,
    a_copy,
    a_record,
    a_snapshot,
    backup_id,
)
from tests.fakes.clock import FakeClock


def an_instance(number: int = 1, **changed: Any) -> StoredInstance:
    plain: dict[str, Any] = {
        "name": restored_name(backup_id(number)),
        "status": "available",
        "tags": {EXECUTION_TAG: f"{EXECUTION}{number}"},
    }
    return StoredInstance(**{**plain, **changed})


def an_export(number: int = 1, status: str = "IN_PROGRESS") -> StoredExport:
    source = f"arn:aws:rds:ca-central-1:111122223333:snapshot:{a_copy(number).name}"
    return StoredExport(export_name(backup_id(number)), status, source)


class World:
    def __init__(self, *running: str) -> None:
        self.here, self.far = FakeRegion(), FakeRegion()
        self.executions = FakeExecutions(set(running))
        self.backups = FakeBackups()
        self.clock = FakeClock()

    def clean(self, caller: str | None = None) -> tuple[str, ...]:
        return CleanUp(
            records=self.backups,
            executions=self.executions,
            here=self.here,
            far=self.far,
            state_machine=MACHINE,
            clock=self.clock,
        )(caller)


def test_everything_that_a_killed_execution_had_begun_is_removed_and_its_record_is_ended() -> None:
    world = World()
    world.backups = FakeBackups(a_record(1, outcome=None))
    world.here.stored_instances = [an_instance()]
    world.here.stored_snapshots = [a_copy(status="creating")]
    world.far.stored_snapshots = [a_copy(status="creating", far=True)]
    world.here.stored_exports = [an_export()]

    cleaned = world.clean()

    assert len(cleaned) == 5
    assert world.here.stored_instances == []
    assert world.here.stored_snapshots == world.far.stored_snapshots == []
    assert world.here.stored_exports[0].status == "CANCELING"
    ended = world.backups.records[backup_id(1)]
    assert (ended.outcome, ended.ended_at) == (BackupOutcome.INTERRUPTED, world.clock.now)


def test_what_belongs_to_a_running_execution_and_to_the_caller_is_left_alone() -> None:
    world = World("1")
    world.backups = FakeBackups(a_record(1, outcome=None), a_record(2, outcome=None))
    world.here.stored_instances = [an_instance(1), an_instance(2)]
    world.here.stored_snapshots = [a_copy(1, status="creating"), a_copy(2, status="creating")]
    world.here.stored_exports = [an_export(1), an_export(2)]

    assert world.clean(caller=f"{EXECUTION}2") == ()
    assert world.executions.asked == [f"{EXECUTION}1"]


def test_an_instance_is_found_by_its_execution_though_its_record_has_ended() -> None:
    world = World()
    world.backups = FakeBackups(a_record(1, outcome=BackupOutcome.DROP_FAILED))
    world.here.stored_instances = [an_instance(tags={EXECUTION_TAG: "1"})]

    assert world.clean() == (f"restored instance {restored_name(backup_id(1))}",)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "statline-primary"},
        {"name": "statline-verify-by-hand"},
        {"name": f"x-statline-verify-{backup_id(1)}"},
        {"tags": {}},
        {"tags": {"Name": EXECUTION_TAG}},
        {"tags": {EXECUTION_TAG: "1", ROLE_TAG: "primary"}},
        {"tags": {EXECUTION_TAG: "1", ROLE_TAG: "replica"}},
        {"tags": {EXECUTION_TAG: f"{EXECUTION}1".replace("statline-backup", "another")}},
        {"follows": "statline-primary"},
    ],
)
def test_an_instance_without_the_name_and_the_tag_is_never_dropped(changed: dict[str, Any]) -> None:
    world = World()
    world.here.stored_instances = [an_instance(**changed)]

    assert world.clean() == ()
    assert len(world.here.stored_instances) == 1


@given(
    instance=st.builds(
        StoredInstance,
        name=st.one_of(st.text(max_size=60), st.sampled_from(["statline-primary", restored_name(backup_id(1))])),
        status=st.sampled_from(["available", "creating", "deleting"]),
        tags=st.dictionaries(
            st.one_of(st.sampled_from([EXECUTION_TAG, ROLE_TAG, "statline:backup"]), st.text(max_size=9)),
            st.one_of(st.text(max_size=9), st.just(f"{EXECUTION}1")),
            max_size=4,
        ),
        follows=st.one_of(st.none(), st.just("statline-primary")),
    )
)
def test_whatever_instances_there_are_only_a_restored_one_is_dropped(instance: StoredInstance) -> None:
    world = World()
    world.here.stored_instances = [instance]

    world.clean()

    if world.here.stored_instances == []:
        assert instance.name.startswith("statline-verify-")
        assert backup_of(instance.name) is not None
        assert EXECUTION_TAG in instance.tags
        assert ROLE_TAG not in instance.tags


def test_finished_copies_snapshots_in_the_making_and_others_snapshots_are_not_half_copies() -> None:
    world = World()
    theirs = StoredSnapshot(a_copy(1).name, "creating", {"owner": "somebody"})
    world.here.stored_snapshots = [a_copy(2), a_snapshot(3, status="creating"), theirs]

    assert world.clean() == ()


@pytest.mark.parametrize("tag", ["5", f"{EXECUTION}5"])
def test_a_copy_that_the_far_region_makes_of_its_own_backup_is_left_alone(tag: str) -> None:
    world = World()
    world.backups = FakeBackups(a_record(1))
    world.far.stored_snapshots = [StoredSnapshot(a_copy(5).name, "creating", {EXECUTION_TAG: tag}, far=True)]

    assert world.clean() == ()
    assert len(world.far.stored_snapshots) == 1


def test_an_export_of_somebody_else_is_not_cancelled() -> None:
    world = World()
    world.backups = FakeBackups(a_record(1))
    other = "arn:aws:rds:ca-central-1:111122223333:snapshot:before-the-migration"
    world.here.stored_exports = [
        StoredExport("of-the-analysts", "IN_PROGRESS", an_export().source),
        StoredExport(an_export().name, "IN_PROGRESS", other),
        an_export(status="COMPLETE"),
    ]

    assert world.clean() == ()


def test_one_thing_that_cannot_be_removed_keeps_neither_the_others_nor_the_record() -> None:
    world = World()
    world.backups = FakeBackups(a_record(1, outcome=None))
    world.here.stored_instances = [an_instance(1), an_instance(2)]
    world.here.forbidden = {an_instance(1).name}

    with pytest.raises(CleanUpIncompleteError, match=f"{an_instance(1).name}: RDS refused"):
        world.clean()

    assert world.here.stored_instances == [an_instance(1)]
    assert world.backups.records[backup_id(1)].outcome is BackupOutcome.INTERRUPTED


def test_an_instance_that_is_still_being_made_is_dropped_by_a_later_clean_up() -> None:
    world = World()
    world.here.stored_instances = [an_instance(status="creating")]
    world.here.stuck = {an_instance().name}

    (words,) = world.clean()
    assert words.startswith("not yet restored instance")

    world.here.stuck = set()
    assert world.clean() == (f"restored instance {an_instance().name}",)
    assert world.clean() == ()


def test_an_execution_is_known_by_its_name_and_by_its_arn_and_anothers_is_not() -> None:
    assert execution_arn("abc", MACHINE) == f"{EXECUTION}abc"
    assert execution_arn(f"{EXECUTION}abc", MACHINE) == f"{EXECUTION}abc"
    assert execution_arn(f"{EXECUTION}abc".replace("statline-backup", "other"), MACHINE) is None
    assert execution_arn("", MACHINE) is None
