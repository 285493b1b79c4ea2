"""Backups of real servers: verified, tampered with, killed at each step, halted, cancelled, two at once.

The regions are independent, so what happens in each is begun at once and in the background; test_backup.py then looks
at what came of it.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import psycopg

from functions.core.domain.backup.record import BackupKind, BackupOutcome, Step, copy_name
from infra.constructs.alarms.wholes import Whole
from local.databases.server import HOST, SUPERUSER
from tests.e2e.backups import ENDS_WITHIN, Backups, Record
from tests.e2e.pausing import EVALUATOR, paused
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

FIRST, SECOND = "ca-central-1", "us-east-1"
KILLED_AT = {FIRST: (Step.FACTS, Step.COPY, Step.CHECK), SECOND: (Step.SNAPSHOT, Step.RESTORE, Step.DROP)}
KINDS = {FIRST: BackupKind.EXPORT, SECOND: BackupKind.DUMP}
_PRIMARY, _DATABASE = "statline-primary", "clinical"
_SCRIPTS = ("example_base.sql", "directory_views.sql", "roles.sql")
_TRIES = 3
"""A machine may be so busy, or so fast, that a backup is over before somebody does something to it."""


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
    over: threading.Event = field(default_factory=threading.Event)
    """Set when nothing happens any more, and alarms are evaluated again."""

    @property
    def all(self) -> "Sequence[Future[Any]]":
        """Each of them."""
        return [*self.killed.values(), self.tampered, self.together, self.cancelled]


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
        execution, at = _killed_at(backups, step)
        killed.append(execution)
        reached.append(at)
    region = backups.region
    region.statline(["backup", "start", "--kind", kind.value, "--reason", "a test", "--region", region.name, "--wait"])
    return Killed(reached, backups.outcomes(killed), backups.records()[0], backups.restored(), backups.snapshots())


def _killed_at(backups: Backups, step: Step) -> tuple[str, str]:
    """A backup that was killed at a step or after it, and where that was. One that was over by then is not it."""
    for _ in range(_TRIES):
        execution = backups.start()
        reached = backups.await_step(execution, step)["step"]
        if backups.kill(execution):
            return execution, reached
    message = f"each time the backup was through before it was killed at {step}"
    raise AssertionError(message)


def _went_through(ended: Ended) -> bool:
    return ended.record["outcome"] == BackupOutcome.VERIFIED


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


def _start_two(backups: Backups) -> tuple[Ended, Ended]:
    """Start a second one beside one that runs; then an alarm speaks while the first one restores."""
    for _ in range(_TRIES):
        first = backups.start()
        backups.await_step(first, Step.FACTS)
        second = _end(backups, backups.start())
        if backups.is_before(first, Step.CHECK):
            backups.await_step(first, Step.RESTORE)
            with _speaking(backups, Whole.REPLICA.value):
                in_time = backups.is_before(first, Step.CHECK)
                halted = _end(backups, first)
            if in_time or not _went_through(halted):
                return halted, second
        backups.await_end(first)
    message = "each time the first backup was through before the second was refused, or the alarm spoke"
    raise AssertionError(message)


@contextmanager
def _speaking(backups: Backups, alarm: str) -> Iterator[None]:
    """A composite alarm speaks: it is set itself, for nobody evaluates alarms meanwhile."""
    backups.speak(alarm, "ALARM")
    try:
        yield
    finally:
        backups.speak(alarm, "OK")


def _cancel(backups: Backups) -> Ended:
    """Cancel one while it copies: a copy that is made is kept. By the command line, unless that starts too slowly."""
    for ask in (backups.ask_to_cancel, *[backups.ask_at_once_to_cancel] * (_TRIES - 1)):
        execution = backups.start()
        ask(backups.await_step(execution, Step.COPY)["sk"])
        ended = _end(backups, execution)
        if ended.record["step"] == Step.COPY:
            return ended
    message = "each time the copy was made before its cancelling was asked for"
    raise AssertionError(message)


def _tell(regions: Mapping[str, Region], here: ThreadPoolExecutor, there: ThreadPoolExecutor) -> Stories:
    first, second = (Backups(regions[name]) for name in (FIRST, SECOND))
    for backups in (first, second):
        _fill(backups)
    return Stories(
        {
            FIRST: here.submit(_kill_at_each, first, KILLED_AT[FIRST], KINDS[FIRST]),
            SECOND: there.submit(_kill_at_each, second, KILLED_AT[SECOND], KINDS[SECOND]),
        },
        tampered=here.submit(_verify_tampered, first),
        together=there.submit(_start_two, second),
        cancelled=there.submit(_cancel, second),
    )


@contextmanager
def telling(regions: Mapping[str, Region]) -> Iterator[Stories]:
    """All that happens, one thing after the other in each region, while the block runs.

    No alarm is evaluated until it is over: whether a busy machine delivers in time is not what backups are asked here,
    and an alarm that says it does not would halt them.
    """
    with ThreadPoolExecutor(1) as here, ThreadPoolExecutor(1) as there, ExitStack() as still:
        still.enter_context(paused(regions[FIRST].cloud, EVALUATOR))
        stories = _tell(regions, here, there)

        def note(_ended: "Future[Any]") -> None:
            if all(story.done() for story in stories.all):
                still.close()
                stories.over.set()

        for story in stories.all:
            story.add_done_callback(note)
        try:
            yield stories
        finally:
            for pool in (here, there):
                pool.shutdown(wait=False, cancel_futures=True)
