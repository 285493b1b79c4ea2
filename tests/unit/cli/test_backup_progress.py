"""What is seen of a backup that goes on, on a terminal and in a log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from functions.core.domain.backup.record import BackupKind, BackupOutcome, BackupRecord, Step
from statline.cli.backup.follow import Sight
from statline.cli.backup.progress import show

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RECORD = BackupRecord(
    id="20261122t120000-ab12",
    kind=BackupKind.SNAPSHOT,
    reason="before release 4.2",
    started_by="arn:aws:iam::123456789012:user/lead",
    execution="arn:aws:states:ca-central-1:123456789012:execution:statline-backup:ab12",
    started_at=NOON,
    step=Step.PREFLIGHT,
    of="20261122t120000-ab12",
    step_at=NOON,
)


def _sights() -> Iterator[Sight]:
    yield Sight(None)
    yield Sight(RECORD)
    for progress in (10, 10, 60):
        yield Sight(replace(RECORD, step=Step.SNAPSHOT, progress=progress))
    yield Sight(replace(RECORD, step=Step.PRUNE, outcome=BackupOutcome.HALTED, words="Statline stat push is late"))


def _seen(*, terminal: bool) -> str:
    console = Console(file=StringIO(), force_terminal=terminal, width=200, soft_wrap=True, highlight=False)
    last = show(_sights(), console)
    assert last is not None
    assert last.over
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_a_log_gets_a_line_for_each_change_and_no_control_characters() -> None:
    seen = _seen(terminal=False)
    assert "\x1b" not in seen
    assert [line.split(" ")[0] for line in seen.splitlines()] == [
        "waiting",
        "backup",
        "preflight:",
        "snapshot:",
        "snapshot:",
        "Halted:",
    ]


def test_a_terminal_gets_a_line_that_moves_and_keeps_one_for_each_step_and_the_end() -> None:
    seen = _seen(terminal=True)
    assert "\x1b" in seen
    assert "before release 4.2" in seen
    assert "60 %" in seen
    assert seen.rstrip().endswith("Halted: Statline stat push is late.")
