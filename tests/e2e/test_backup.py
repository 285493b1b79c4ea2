"""Backups are verified, killed, tampered with, halted and cancelled (backup_stories.py); what came of it."""

import pytest

from functions.core.domain.backup.record import BackupOutcome, Step
from infra.constructs.alarms.wholes import Whole
from tests.e2e.backup_stories import KINDS, SECOND, Killed, Stories
from tests.e2e.backups import INTERRUPTED, Backups, ended_as
from tests.e2e.region import Region

LONGEST = 900.0
"""Seconds until the last of the stories is over: some two minutes, on an idle machine."""


@pytest.fixture
def killed(stories: Stories, region: Region) -> Killed:
    return stories.killed[region.name].result(LONGEST)


def test_a_backup_after_killed_ones_is_verified_and_makes_what_was_asked_for(killed: Killed, region: Region) -> None:
    record = killed.last
    assert ended_as(record)[0] == BackupOutcome.VERIFIED, record
    assert record["kind"] == KINDS[region.name]
    assert record["verified_at"]
    assert int(float(record["size_gib"])) > 0
    assert int(float(record["duration_seconds"])) > 0
    client = region.client("s3")
    bucket, _, prefix = record["location"].removeprefix("s3://").partition("/")
    assert client.list_objects_v2(Bucket=bucket, Prefix=prefix)["KeyCount"] > 0


def test_no_record_of_a_killed_backup_is_lost_or_left_open(killed: Killed) -> None:
    assert killed.outcomes == [INTERRUPTED] * len(killed.steps), killed.steps


def test_no_instance_and_no_half_copy_of_a_killed_backup_is_left(killed: Killed) -> None:
    assert killed.restored == []
    assert set(killed.snapshots.values()) <= {"available"}
    copy, snapshot = killed.last["copy"], killed.last["snapshot"]
    assert copy in killed.snapshots
    assert snapshot not in killed.snapshots


def test_a_copy_that_was_tampered_with_fails_its_check_and_is_dropped(stories: Stories) -> None:
    ended = stories.tampered.result(LONGEST)
    outcome, words = ended_as(ended.record)
    assert outcome == ended.error == BackupOutcome.CHECK_FAILED
    assert "charts" in words
    assert ended.restored == []


def test_of_two_backups_at_once_the_second_is_refused_and_harms_nothing(stories: Stories) -> None:
    first, second = stories.together.result(LONGEST)
    outcome, words = ended_as(second.record)
    assert outcome == second.error == BackupOutcome.PREFLIGHT_REFUSED
    assert first.record["sk"] in words
    assert first.record["step"] != Step.PREFLIGHT


def test_an_alarm_that_speaks_halts_a_backup_which_drops_what_it_has_restored(stories: Stories) -> None:
    halted, _ = stories.together.result(LONGEST)
    outcome, words = ended_as(halted.record)
    assert outcome == halted.error == BackupOutcome.HALTED
    assert Whole.REPLICA.value in words
    assert halted.restored == []


def test_a_cancelled_backup_says_who_wanted_it_and_leaves_no_copy(stories: Stories, regions: dict[str, Region]) -> None:
    ended = stories.cancelled.result(LONGEST)
    outcome, words = ended_as(ended.record)
    assert outcome == ended.error == BackupOutcome.CANCELLED
    assert ended.record["cancel_asked_by"] in words
    assert ended.record["copy"] not in Backups(regions[SECOND]).snapshots()
    assert ended.restored == []
