"""The handler: which event leads to what, what is measured, and what is said of a primary that cannot be seen."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.backup_watch import handler
from functions.backup_watch.events import DetailType
from functions.backup_watch.ports import CannotSeeError
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.backup.record import BackupRecord
from tests.fakes.backup_watch import a_call
from tests.fakes.backups import a_record
from tests.unit.backup_watch.test_watch import _DUMP, _SNAPSHOT, Scene

_CLOCK: dict[str, Any] = {"detail-type": DetailType.CLOCK.value, "detail": {}}


@dataclass
class Records:
    """The last verified backup."""

    last: BackupRecord | None = None

    def last_verified(self) -> BackupRecord | None:
        return self.last


@dataclass
class Given:
    """The handler's parts over a scene, and the lines that it measures with."""

    scene: Scene = field(default_factory=Scene)
    records: Records = field(default_factory=Records)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = self.scene.watch
        self.metrics = EmbeddedMetrics("ca-central-1", clock=self.scene.clock, write=self.lines.append)
        self.log = Log("backup_watch")

    @property
    def measured(self) -> dict[str, float]:
        """Every metric's last value."""
        found: dict[str, float] = {}
        for line in self.lines:
            body = json.loads(line)
            names = [metric["Name"] for metric in body["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
            found |= {name: body[name] for name in names}
        return found


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    parts = Given()
    monkeypatch.setattr(handler, "wire", lambda: parts)
    return parts


def test_every_minute_it_is_said_whether_a_backup_is_on_the_primary(given: Given) -> None:
    handler.handle(_CLOCK, None)
    assert given.measured == {"BackupOnPrimary": 0}
    given.scene.load.sessions = (_DUMP,)
    handler.handle(_CLOCK, None)
    assert given.measured == {"BackupOnPrimary": 1}


def test_every_minute_it_is_said_how_old_the_last_verified_backup_is(given: Given) -> None:
    given.records.last = a_record(days_ago=2)
    handler.handle(_CLOCK, None)
    assert given.measured["VerifiedBackupAgeHours"] == 48.0


def test_of_a_primary_that_cannot_be_seen_nothing_is_said_and_the_call_fails(given: Given) -> None:
    given.scene.load.is_silent = True
    given.records.last = a_record(days_ago=1)
    with pytest.raises(CannotSeeError, match="Performance Insights do not answer"):
        handler.handle(_CLOCK, None)
    assert given.measured == {"VerifiedBackupAgeHours": 24.0}


def test_what_one_source_shows_is_said_though_the_other_is_silent(given: Given) -> None:
    given.scene.load.is_silent = True
    given.scene.snapshots.snapshots = (_SNAPSHOT,)
    with pytest.raises(CannotSeeError):
        handler.handle(_CLOCK, None)
    assert given.measured == {"BackupOnPrimary": 1}
    assert given.scene.on_call.subjects == ["backup on the primary"]


def test_an_event_of_rds_about_a_snapshot_makes_it_look_at_once(given: Given) -> None:
    given.scene.snapshots.snapshots = (_SNAPSHOT,)
    detail = {"EventID": "RDS-EVENT-0040", "SourceIdentifier": "by-hand", "Message": "Creating manual snapshot."}
    handler.handle({"detail-type": DetailType.SNAPSHOT.value, "detail": detail}, None)
    assert "RDS says: Creating manual snapshot (RDS-EVENT-0040)." in given.scene.on_call.letters[0][1].text


def test_an_event_of_rds_without_words_only_makes_it_look(given: Given) -> None:
    given.scene.snapshots.snapshots = (_SNAPSHOT,)
    handler.handle({"detail-type": DetailType.SNAPSHOT.value, "detail": {"SourceIdentifier": "by-hand"}}, None)
    handler.handle({"detail-type": DetailType.INSTANCE.value, "detail": {"SourceIdentifier": "the-primary"}}, None)
    assert "RDS says" not in given.scene.on_call.letters[0][1].text


def test_a_recorded_call_is_told_with_its_author(given: Given) -> None:
    detail = a_call("StartBackupJob", {"resourceArn": "arn:aws:rds:ca-central-1:1:db:the-primary"})
    handler.handle({"detail-type": DetailType.CALL.value, "detail": detail}, None)
    assert "assumed-role/dba/kim" in given.scene.on_call.letters[0][1].text
    assert given.lines == []


def test_a_recorded_call_about_another_database_is_nothing(given: Given) -> None:
    detail = a_call("CreateDBSnapshot", {"dBInstanceIdentifier": "the-replica"})
    handler.handle({"detail-type": DetailType.CALL.value, "detail": detail}, None)
    assert given.scene.on_call.letters == []


def test_no_log_line_says_who_it_is_or_what_ran(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    given.scene.load.sessions = (_DUMP,)
    handler.handle(_CLOCK, None)
    logged = "".join(str(vars(record)) for record in caplog.records)
    assert "backup on the primary" in logged
    assert not any(word in logged for word in ("reports", "10.0.4.17", "orders", "COPY"))
