"""Which snapshots of the primary are somebody's doing."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.backup_watch.finding import Level, Observation
from functions.backup_watch.snapshots import LOOK_BACK, Snapshot, observe
from functions.backup_watch.window import BackupWindow
from tests.fakes.clock import NOON

_WINDOW = BackupWindow.parse("08:00-08:30")
_JUST_NOW = NOON - timedelta(minutes=2)


def a_snapshot(
    kind: str = "manual", status: str = "creating", begun_at: datetime | None = _JUST_NOW, *, is_copy: bool = False
) -> Snapshot:
    return Snapshot(name="before-release", kind=kind, status=status, begun_at=begun_at, is_copy=is_copy)


def seen(snapshot: Snapshot) -> Observation | None:
    return observe(snapshot, primary="the-primary", window=_WINDOW, now=NOON)


@pytest.mark.parametrize("kind", ["manual", "awsbackup"])
def test_a_snapshot_that_somebody_asked_for_is_a_page(kind: str) -> None:
    found = seen(a_snapshot(kind))
    assert found is not None
    assert (found.level, found.since, found.over) == (Level.PAGE, _JUST_NOW, False)
    assert "the-primary" in found.what


def test_a_snapshot_that_rds_has_not_begun_yet_began_now() -> None:
    found = seen(a_snapshot(begun_at=None, status="pending"))
    assert found is not None
    assert found.since == NOON


def test_a_snapshot_that_was_made_between_two_looks_is_found_and_over() -> None:
    found = seen(a_snapshot(status="available"))
    assert found is not None
    assert found.over


def test_a_snapshot_that_was_made_long_ago_is_nothing_new() -> None:
    assert seen(a_snapshot(status="available", begun_at=NOON - LOOK_BACK - timedelta(seconds=1))) is None


def test_a_snapshot_that_takes_long_is_found_all_the_time() -> None:
    assert seen(a_snapshot(begun_at=NOON - timedelta(hours=9))) is not None


def test_a_copy_of_a_snapshot_is_none_of_the_primarys_work() -> None:
    assert seen(a_snapshot(is_copy=True)) is None


def test_the_automated_backup_in_its_window_is_nobodys_doing() -> None:
    in_window = datetime(2026, 1, 10, 8, 20, tzinfo=UTC)
    running = a_snapshot("automated", begun_at=in_window)
    assert observe(running, primary="the-primary", window=_WINDOW, now=in_window + timedelta(hours=3)) is None


def test_an_automated_backup_outside_its_window_is_a_ticket() -> None:
    found = seen(a_snapshot("automated"))
    assert found is not None
    assert found.level is Level.TICKET
    assert "window" in found.what


@pytest.mark.parametrize(
    ("window", "moment", "holds"),
    [
        ("08:00-08:30", (10, 8, 0), True),
        ("08:00-08:30", (10, 8, 59), True),
        ("08:00-08:30", (10, 9, 1), False),
        ("08:00-08:30", (10, 7, 59), False),
        ("23:45-00:15", (10, 23, 50), True),
        ("23:45-00:15", (11, 0, 10), True),
        ("23:45-00:15", (11, 0, 44), True),
        ("23:45-00:15", (11, 0, 46), False),
        ("23:45-00:15", (10, 12, 0), False),
    ],
)
def test_a_window_holds_what_begins_in_it_or_a_little_late(
    window: str, moment: tuple[int, int, int], holds: bool
) -> None:
    day, hour, minute = moment
    assert BackupWindow.parse(window).holds(datetime(2026, 1, day, hour, minute, tzinfo=UTC)) is holds
