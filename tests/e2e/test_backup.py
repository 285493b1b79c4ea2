"""Backups of real servers: verified, tampered with, killed at each step, halted, cancelled, two at once.

The regions are independent, so what happens in each is begun at once and in the background; the tests then look at what
came of it.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

import psycopg
import pytest

from functions.core.domain.backup.record import BackupKind, BackupOutcome, Step, copy_name
from infra.constructs.alarms.wholes import Whole
from local.databases.server import HOST, SUPERUSER
from tests.e2e.backups import ENDS_WITHIN, INTERRUPTED, Backups, Record, ended_as
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

FIRST, SECOND = "ca-central-1", "us-east-1"
KILLED_AT = {FIRST: (Step.FACTS, Step.COPY, Step.CHECK), SECOND: (Step.SNAPSHOT, Step.RESTORE, Step.DROP)}
KINDS = {FIRST: BackupKind.EXPORT, SECOND: BackupKind.DUMP}
LONGEST = 400.0
_PRIMARY, _DATABASE = "statline-primary", "clinical"
_SCRIPTS = ("example_base.sql", "directory_views.sql", "roles.sql")
_SPEAKS_EVERY = 0.3


@dataclass(frozen=True)
class Killed:
    """What became of backups that were killed one after the other, and of the one that was let run after them."""

    steps: Sequence[str]
    outcomes: Sequence[str]
    last: Record
    restored: Sequence[str]
    snapshots: Mapping[str, str]


@dataclass(frozen=True)
class Ended:
    """A backup's record at its end, the restored instances that were there then, and the execution's error."""

    record: Record
    restored: Sequence[str]
    error: str


@dataclass(frozen=True)
class Stories:
    """What happens in the background."""

    killed: Mapping[str, "Future[Killed]"]
    tampered: "Future[Ended]"
    together: "Future[tuple[Ended, Ended]]"
    cancelled: "Future[Ended]"


def _session(backups: Backups, instance: str) -> "psycopg.Connection[tuple[object, ...]]":
    found = backups.rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
    address = f"host={HOST} port={found[0]['Endpoint']['Port']} dbname={_DATABASE} user={SUPERUSER}"
    return psycopg.connect(address, autocommit=True)


def _fill(backups: Backups) -> None:
    """The role that backups are checked as, and something that a backup can lose."""
    with _session(backups, _PRIMARY) as session:
        for script in _SCRIPTS:
            session.execute(files("statline.sql").joinpath(script).read_bytes())
        session.execute("CREATE TABLE IF NOT EXISTS charts (id serial PRIMARY KEY, words text NOT NULL)")
        session.execute("INSERT INTO charts (words) SELECT md5(n::text) FROM generate_series(1, 5000) n")


def _kill_at_each(backups: Backups, steps: Sequence[Step], kind: BackupKind) -> Killed:
    """Kill a backup at each step, start the next one at once, and let the last one run, started by the command line."""
    backups.await_rest()
    killed, reached = [], []
    for step in steps:
        execution = backups.start()
        reached.append(backups.await_step(execution, step)["step"])
        backups.kill(execution)
        killed.append(execution)
    region = backups.region
    region.statline(["backup", "start", "--kind", kind.value, "--reason", "a test", "--region", region.name, "--wait"])
    return Killed(reached, backups.outcomes(killed), backups.records()[0], backups.restored(), backups.snapshots())


def _end(backups: Backups, execution: str) -> Ended:
    record = backups.await_end(execution)
    return Ended(record, backups.restored(), backups.error_of(execution))


def _verify_tampered(backups: Backups) -> Ended:
    """Put a copy with fewer rows in the place of a verified one, and verify that once more."""
    backup = backups.records()[0]["sk"]
    copy, forged = copy_name(backup), "forged"
    rds = backups.rds
    tags = rds.list_tags_for_resource(
        ResourceName=rds.describe_db_snapshots(DBSnapshotIdentifier=copy)["DBSnapshots"][0]["DBSnapshotArn"]
    )["TagList"]
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=forged, DBSnapshotIdentifier=copy)
    _await_instance(backups, forged)
    with _session(backups, forged) as session:
        session.execute("DELETE FROM charts WHERE id % 100 = 0")
    rds.create_db_snapshot(DBInstanceIdentifier=forged, DBSnapshotIdentifier=forged)
    _await_snapshot(backups, forged)
    rds.delete_db_snapshot(DBSnapshotIdentifier=copy)
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier=forged, TargetDBSnapshotIdentifier=copy, Tags=tags)
    _await_instance(backups, forged)
    rds.delete_db_instance(DBInstanceIdentifier=forged, SkipFinalSnapshot=True)
    _await_snapshot(backups, copy)
    return _end(backups, backups.start(BackupKind.VERIFY, of=backup))


def _await_instance(backups: Backups, name: str) -> None:
    def available() -> bool:
        found = backups.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        return bool(found[0]["DBInstanceStatus"] == "available")

    await_value(available, ENDS_WITHIN, f"the instance {name}")


def _await_snapshot(backups: Backups, name: str) -> None:
    await_value(lambda: backups.snapshots().get(name) == "available", ENDS_WITHIN, f"the snapshot {name}")


@contextmanager
def _speaking(backups: Backups, alarm: str) -> Iterator[None]:
    """A composite alarm speaks, and goes on speaking.

    It is set itself, not an alarm of its rule: a rule is looked at every ten seconds, and a backup may be over by then.
    A change of an alarm of its rule would set it to rest, as on AWS; so it is set again and again.
    """
    ended = threading.Event()

    def speak() -> None:
        while not ended.is_set():
            backups.speak(alarm, "ALARM")
            ended.wait(_SPEAKS_EVERY)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        ended.set()
        speaker.join()
        backups.speak(alarm, "OK")


def _start_two(backups: Backups) -> tuple[Ended, Ended]:
    """Start a second one beside one that runs; then an alarm speaks while the first one restores."""
    backups.await_rest()
    first = backups.start()
    backups.await_step(first, Step.FACTS)
    second = backups.start()
    # Its end is not awaited first: on a busy machine the first one could have ended by then.
    backups.await_step(first, Step.RESTORE)
    with _speaking(backups, Whole.REPLICA.value):
        return _end(backups, first), _end(backups, second)


def _cancel(backups: Backups) -> Ended:
    backups.await_rest()
    execution = backups.start()
    backups.ask_to_cancel(backups.await_step(execution, Step.COPY)["sk"])
    return _end(backups, execution)


@pytest.fixture(scope="module")
def stories(regions: dict[str, Region]) -> Iterator[Stories]:
    """All that happens, one thing after the other in each region."""
    first, second = (Backups(regions[name]) for name in (FIRST, SECOND))
    for backups in (first, second):
        _fill(backups)
    with ThreadPoolExecutor(1) as here, ThreadPoolExecutor(1) as there:
        killed = {
            FIRST: here.submit(_kill_at_each, first, KILLED_AT[FIRST], KINDS[FIRST]),
            SECOND: there.submit(_kill_at_each, second, KILLED_AT[SECOND], KINDS[SECOND]),
        }
        yield Stories(
            killed,
            tampered=here.submit(_verify_tampered, first),
            together=there.submit(_start_two, second),
            cancelled=there.submit(_cancel, second),
        )


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
