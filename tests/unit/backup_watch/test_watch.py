"""What on-call hears of backups on the primary: once when one begins, who it is, and once when it is over."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from functions.backup_watch.calls import observe_call
from functions.backup_watch.finding import CALL_LASTS, UNSEEN_FOR, Level
from functions.backup_watch.ports import OnCallUnreachableError
from functions.backup_watch.snapshots import Snapshot, snapshot_key
from functions.backup_watch.watch import Note, Watch
from functions.backup_watch.window import BackupWindow
from tests.fakes.backup_watch import FakeFindings, FakeLoad, FakeOnCall, FakeSnapshots, Working, a_call
from tests.fakes.clock import NOON, FakeClock

_DUMP = Working("pg_dump", "reports", "10.0.4.17", "COPY public.orders (id) TO stdout;")
_SNAPSHOT = Snapshot(name="by-hand", kind="manual", status="creating", begun_at=NOON, is_copy=False)
_KIM = "arn:aws:sts::111122223333:assumed-role/dba/kim"
_MINUTE = 60.0
_RUNBOOK = "https://git.example.org/runbooks/backup-on-primary.md"


@dataclass
class Scene:
    """A watch over a quiet primary."""

    clock: FakeClock = field(default_factory=FakeClock)
    snapshots: FakeSnapshots = field(default_factory=FakeSnapshots)
    load: FakeLoad = field(default_factory=lambda: FakeLoad(NOON))
    findings: FakeFindings = field(default_factory=FakeFindings)
    on_call: FakeOnCall = field(default_factory=FakeOnCall)

    @property
    def watch(self) -> Watch:
        return Watch(
            primary="the-primary",
            window=BackupWindow.parse("08:00-08:30"),
            region="ca-central-1",
            runbook=_RUNBOOK,
            snapshots=self.snapshots,
            load=self.load,
            findings=self.findings,
            on_call=self.on_call,
            clock=self.clock,
        )

    def look_for(self, minutes: int) -> list[int]:
        """Look every minute; answer how many backups were on the primary each time."""
        seen = []
        for _ in range(minutes):
            seen.append(self.watch.look().on_primary)
            self.clock.advance(_MINUTE)
        return seen

    def hear(self, name: str, **parameters: str) -> None:
        observation = observe_call(a_call(name, parameters), primary="the-primary")
        assert observation is not None
        self.watch.hear(observation)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_on_a_healthy_day_nobody_is_told_anything(scene: Scene) -> None:
    scene.load.sessions = (Working("ehr", "app", "10.0.1.1", "SELECT ?", load=9.0),)
    assert scene.look_for(5) == [0] * 5
    assert scene.on_call.letters == []
    assert scene.findings.kept == {}


def test_a_dump_is_told_once_with_who_since_when_what_it_means_and_what_to_do(scene: Scene) -> None:
    scene.load.sessions = (_DUMP,)
    assert scene.look_for(4) == [1] * 4
    ((level, letter),) = scene.on_call.letters
    assert level is Level.PAGE
    assert letter.subject == "Statline ca-central-1: backup on the primary"
    for said in (
        "pg_dump",
        "database user reports from 10.0.4.17",
        "Since: 2026-01-10 12:00 UTC",
        "Notifications do not use this database",
        "statline database sessions",
        _RUNBOOK,
    ):
        assert said in letter.text


def test_when_it_is_over_that_is_told_once_too(scene: Scene) -> None:
    scene.load.sessions = (_DUMP,)
    scene.look_for(3)
    scene.load.sessions = ()
    assert scene.look_for(6)[-1] == 0
    assert scene.on_call.subjects == ["backup on the primary", "backup on the primary is over"]
    assert "Over: 2026-01-10 12:02 UTC" in scene.on_call.letters[-1][1].text


def test_a_pause_of_one_look_is_no_end(scene: Scene) -> None:
    scene.load.sessions = (_DUMP,)
    scene.look_for(2)
    scene.load.sessions = ()
    scene.look_for(1)
    scene.load.sessions = (_DUMP,)
    scene.look_for(2)
    assert scene.on_call.subjects == ["backup on the primary"]


def test_a_dump_that_begins_again_the_next_day_is_told_again(scene: Scene) -> None:
    for _ in range(2):
        scene.load.sessions = (_DUMP,)
        scene.look_for(2)
        scene.load.sessions = ()
        scene.look_for(4)
        scene.clock.advance(86_400)
    assert scene.on_call.subjects == ["backup on the primary", "backup on the primary is over"] * 2
    assert len(scene.findings.kept) == 2


def test_a_dump_that_begins_again_within_minutes_is_another_finding(scene: Scene) -> None:
    for _ in range(2):
        scene.load.sessions = (_DUMP,)
        scene.look_for(2)
        scene.load.sessions = ()
        scene.look_for(4)
    assert len(scene.findings.kept) == 2


def test_a_snapshot_is_told_at_once_and_its_author_when_cloudtrail_names_one(scene: Scene) -> None:
    scene.snapshots.snapshots = (_SNAPSHOT,)
    scene.look_for(3)
    assert "Who: not known yet" in scene.on_call.letters[0][1].text
    scene.hear("CreateDBSnapshot", dBInstanceIdentifier="the-primary", dBSnapshotIdentifier="by-hand")
    scene.look_for(2)
    assert scene.on_call.subjects == ["backup on the primary", "who backs up the primary"]
    assert _KIM in scene.on_call.letters[1][1].text


def test_where_cloudtrail_speaks_first_the_first_letter_says_who(scene: Scene) -> None:
    scene.hear("CreateDBSnapshot", dBInstanceIdentifier="the-primary", dBSnapshotIdentifier="by-hand")
    scene.snapshots.snapshots = (_SNAPSHOT,)
    scene.look_for(2)
    scene.snapshots.snapshots = (replace(_SNAPSHOT, status="available"),)
    assert scene.look_for(2) == [0, 0]
    assert scene.on_call.subjects == ["backup on the primary", "backup on the primary is over"]
    assert _KIM in scene.on_call.letters[0][1].text


def test_a_snapshot_that_was_over_before_anybody_looked_is_told_in_one_letter(scene: Scene) -> None:
    scene.snapshots.snapshots = (replace(_SNAPSHOT, status="available"),)
    assert scene.look_for(70) == [1] + [0] * 69
    assert scene.on_call.subjects == ["a backup was made on the primary"]


def test_an_author_who_becomes_known_when_it_is_over_is_told_as_well(scene: Scene) -> None:
    scene.snapshots.snapshots = (replace(_SNAPSHOT, status="available"),)
    scene.look_for(10)
    scene.hear("CreateDBSnapshot", dBInstanceIdentifier="the-primary", dBSnapshotIdentifier="by-hand")
    assert scene.look_for(3) == [0] * 3
    assert scene.on_call.subjects == ["a backup was made on the primary", "who backs up the primary"]
    assert len(scene.findings.kept) == 1


def test_a_snapshot_that_is_deleted_in_the_making_ends(scene: Scene) -> None:
    scene.snapshots.snapshots = (_SNAPSHOT,)
    scene.look_for(2)
    scene.snapshots.snapshots = ()
    scene.look_for(4)
    assert scene.on_call.subjects[-1] == "backup on the primary is over"


def test_what_rds_says_of_a_snapshot_stands_in_the_letter(scene: Scene) -> None:
    scene.snapshots.snapshots = (_SNAPSHOT,)
    scene.watch.look(Note(snapshot_key("by-hand"), "Creating manual snapshot (RDS-EVENT-0040)"))
    assert "RDS says: Creating manual snapshot (RDS-EVENT-0040)." in scene.on_call.letters[0][1].text


def test_a_new_replica_counts_for_a_while_and_is_told_once(scene: Scene) -> None:
    scene.hear("CreateDBInstanceReadReplica", sourceDBInstanceIdentifier="the-primary")
    seen = scene.look_for(20)
    asked_a_minute_ago = int(CALL_LASTS / timedelta(minutes=1)) - 1
    assert seen == [1] * asked_a_minute_ago + [0] * (20 - asked_a_minute_ago)
    assert scene.on_call.subjects == ["backup on the primary"]


def test_an_automated_backup_outside_its_window_wakes_nobody(scene: Scene) -> None:
    scene.snapshots.snapshots = (replace(_SNAPSHOT, kind="automated"),)
    assert scene.look_for(2) == [0, 0]
    assert [level for level, _ in scene.on_call.letters] == [Level.TICKET]
    assert "not as declared" in scene.on_call.subjects[0]


def test_a_letter_that_was_not_taken_is_sent_by_the_next_look(scene: Scene) -> None:
    scene.load.sessions = (_DUMP,)
    scene.on_call.is_unreachable = True
    with pytest.raises(OnCallUnreachableError):
        scene.watch.look()
    scene.on_call.is_unreachable = False
    scene.look_for(2)
    assert scene.on_call.subjects == ["backup on the primary"]


def test_a_letter_about_an_end_that_was_not_taken_is_sent_later(scene: Scene) -> None:
    scene.snapshots.snapshots = (_SNAPSHOT,)
    scene.look_for(1)
    scene.snapshots.snapshots = (replace(_SNAPSHOT, status="available"),)
    scene.on_call.is_unreachable = True
    with pytest.raises(OnCallUnreachableError):
        scene.watch.look()
    scene.on_call.is_unreachable = False
    scene.look_for(2)
    assert scene.on_call.subjects == ["backup on the primary", "backup on the primary is over"]


def test_a_source_that_is_silent_hides_nothing_of_the_other(scene: Scene) -> None:
    scene.load.is_silent = True
    scene.snapshots.snapshots = (_SNAPSHOT,)
    looked = scene.watch.look()
    assert looked.on_primary == 1
    assert looked.blind == ("Performance Insights do not answer",)
    assert looked.is_certain


def test_a_blind_look_that_finds_nothing_is_certain_of_nothing(scene: Scene) -> None:
    scene.snapshots.is_silent = True
    looked = scene.watch.look()
    assert (looked.on_primary, looked.is_certain) == (0, False)


def test_a_dump_does_not_end_because_nobody_could_look(scene: Scene) -> None:
    scene.load.sessions = (_DUMP,)
    scene.look_for(1)
    scene.load.is_silent = True
    assert scene.look_for(10) == [1] * 10
    assert timedelta(minutes=10) > UNSEEN_FOR
    assert scene.on_call.subjects == ["backup on the primary"]
