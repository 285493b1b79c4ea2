"""Backups by hand: what is started, what is said, and how the command leaves."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from statline.cli.backup import follow as backup_follow
from statline.cli.exits import Exit
from tests.unit.cli.backups import TABLE, Backups
from tests.unit.cli.scene import REGION, Scene

ID = "20261122t023000-ab12"
EARLIER = "20261121t023000-cd34"


@pytest.fixture
def backups(scene: Scene) -> Backups:
    return Backups.deploy(scene)


def _run(backups: Backups, *arguments: str) -> Any:
    return backups.scene.run("backup", *arguments, "-r", REGION)


def test_a_start_says_who_and_why_and_shows_the_id_to_come(backups: Backups) -> None:
    result = _run(backups, "start", "--reason", "before release 4.2")
    assert result.exit_code == Exit.DONE, result.output
    (execution,) = backups.executions()
    assert execution["input"]["kind"] == "snapshot"
    assert execution["input"]["reason"] == "before release 4.2"
    assert execution["input"]["started_by"].startswith("arn:aws:sts::")
    name = execution["arn"].rsplit(":", 1)[1]
    (shown,) = re.findall(r"backup (\d{8}t\d{6}-[a-z0-9]{4}) is started", result.stdout)
    assert shown.endswith(f"-{name[:4]}")
    assert f"statline backup status {shown} --region {REGION}" in result.stdout


@pytest.mark.parametrize("kind", ["export", "dump"])
def test_the_kind_is_handed_on(backups: Backups, kind: str) -> None:
    assert _run(backups, "start", "--reason", "for the analysts", "--kind", kind).exit_code == Exit.DONE
    assert backups.executions()[0]["input"]["kind"] == kind


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 201])
def test_a_start_without_a_reason_that_a_list_can_show_starts_nothing(backups: Backups, reason: str) -> None:
    assert _run(backups, "start", "--reason", reason).exit_code == Exit.INPUT
    assert backups.executions() == []


def test_a_verification_without_a_reason_that_a_list_can_show_starts_nothing(backups: Backups) -> None:
    assert _run(backups, "verify", ID, "--reason", "two\nlines").exit_code == Exit.INPUT
    assert backups.executions() == []


def test_an_unknown_kind_is_refused(backups: Backups) -> None:
    assert _run(backups, "start", "--reason", "x", "--kind", "verify").exit_code == Exit.INPUT
    assert backups.executions() == []


def test_a_second_start_says_what_is_running_and_starts_nothing(backups: Backups) -> None:
    _run(backups, "start", "--reason", "first")
    (first,) = backups.executions()
    backups.put_running(ID, execution=first["arn"], reason="first")
    result = _run(backups, "start", "--reason", "second")
    assert result.exit_code == Exit.NO
    assert ID in result.stderr
    assert "first" in result.stderr
    assert "40 %" in result.stderr
    assert f"statline backup cancel {ID} --region {REGION}" in result.stderr
    assert len(backups.executions()) == 1


def test_an_open_record_whose_execution_is_gone_does_not_stop_a_start(backups: Backups) -> None:
    """The workflow cleans it up; refusing here would refuse for ever."""
    backups.put_running(ID)
    assert _run(backups, "start", "--reason", "after the interrupted one").exit_code == Exit.DONE


def test_a_region_without_a_workflow_is_named(scene: Scene) -> None:
    result = scene.run("backup", "start", "--reason", "before release 4.2", "-r", REGION)
    assert result.exit_code == Exit.NO
    assert f"{REGION} has no backup workflow" in result.stderr


def test_waiting_follows_the_record_to_its_end_and_leaves_as_it_ended(
    backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: Iterator[dict[str, Any]] = iter(
        [
            {"step": "preflight", "progress": None},
            {"step": "copy", "progress": 40},
            {"step": "copy", "progress": 90},
            {"step": "prune", "outcome": "CheckFailed", "words": "orders: 7 rows are missing (41 of 48)"},
        ]
    )

    def pause(_: float) -> None:
        (execution,) = backups.executions()
        backups.put_running(ID, execution=execution["arn"], **next(steps))

    monkeypatch.setattr(backup_follow, "PAUSE", pause)
    result = _run(backups, "start", "--reason", "before release 4.2", "--wait")
    assert result.exit_code == Exit.NO
    lines = [line.split(":")[0] for line in result.stdout.splitlines()[1:]]
    assert lines == [
        "waiting for the workflow to open its record",
        f"backup {ID}",
        "preflight",
        "copy",
        "copy",
        "CheckFailed",
    ]
    assert "orders: 7 rows are missing (41 of 48)" in result.stdout


def test_a_verified_backup_is_a_success(backups: Backups) -> None:
    backups.put(ID)
    result = _run(backups, "status", ID)
    assert result.exit_code == Exit.DONE
    assert "Verified after 22 min 0 s, 400 GiB: 12 checks passed." in result.stdout
    assert f"statline-backup-{ID}-copy" in result.stdout


@pytest.mark.parametrize("outcome", ["PreflightRefused", "Halted", "Cancelled", "Interrupted"])
def test_every_other_end_is_no_success_and_its_words_are_shown_in_full(backups: Backups, outcome: str) -> None:
    words = "these alarms speak: Statline delivery is impaired, Statline database is in trouble; " + "wait " * 40
    backups.put(ID, outcome=outcome, words=words.strip())
    for how in ((), ("--once",)):
        result = _run(backups, "status", ID, *how)
        assert result.exit_code == Exit.NO
        assert words.strip() in result.stdout


def test_the_status_without_an_id_is_the_newest_ones(backups: Backups) -> None:
    backups.put(EARLIER)
    backups.put(ID)
    assert f"backup {ID}" in _run(backups, "status").stdout


def test_a_look_at_a_running_one_is_taken_once(backups: Backups) -> None:
    _run(backups, "start", "--reason", "x")
    backups.put_running(ID, execution=backups.executions()[0]["arn"])
    result = _run(backups, "status", ID, "--once")
    assert result.exit_code == Exit.DONE
    assert "copy: copying it with the backups' own key [########............] 40 %" in result.stdout


def test_a_backup_whose_execution_was_killed_is_not_waited_for(backups: Backups) -> None:
    _run(backups, "start", "--reason", "x")
    (execution,) = backups.executions()
    backups.put_running(ID, execution=execution["arn"])
    backups.end(execution["arn"])
    result = _run(backups, "status", ID)
    assert result.exit_code == Exit.NO
    assert "ABORTED" in result.stdout
    assert "ended from outside" in result.stdout


def test_an_execution_that_failed_before_its_record_says_why(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_follow, "PAUSE", lambda _: backups.end(backups.executions()[0]["arn"]))
    result = _run(backups, "start", "--reason", "x", "--wait")
    assert result.exit_code == Exit.NO
    assert "has written no record" in result.stdout


def test_who_stops_watching_is_told_that_the_backup_goes_on(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup_follow, "PAUSE", interrupted)
    result = _run(backups, "start", "--reason", "x", "--wait")
    assert "The backup goes on" in result.stderr
    assert result.exit_code != Exit.DONE


def test_the_list_shows_the_newest_first(backups: Backups) -> None:
    backups.put(EARLIER, outcome="Halted", verified_at=None, words="an alarm spoke")
    backups.put(ID, location="s3://statline-backups-123/dumps/a", kind="dump", reason="[bold]for the auditors[/]")
    result = _run(backups, "list")
    assert result.exit_code == Exit.DONE
    first, second = [line for line in result.stdout.splitlines() if "t023000" in line]
    for part in (ID, "dump", "Verified", "yes", "400 GiB", "s3://", "[bold]"):
        assert part in first
    assert "Halted" in second
    assert "yes" not in second


def test_the_list_says_where_copies_are_and_which_backups_are_gone(backups: Backups) -> None:
    backups.put(ID, far_copy=f"statline-backup-{ID}-copy")
    backups.put(EARLIER, deleted_at="2026-12-30T00:00:00Z")
    first, second = [line for line in _run(backups, "list").stdout.splitlines() if "t023000" in line]
    assert "copy here and afar" in first
    assert "removed 2026-12-30" in second


def test_the_list_promises_no_copy_afar_of_which_nobody_knows_that_it_came_about(backups: Backups) -> None:
    backups.put(ID, far_copy=f"statline-backup-{ID}-copy", outcome="CopyFailed")
    (line,) = [line for line in _run(backups, "list").stdout.splitlines() if "t023000" in line]
    assert "copy here" in line
    assert "afar" not in line


def test_the_list_as_json_has_everything(backups: Backups) -> None:
    backups.put(ID)
    (record,) = json.loads(_run(backups, "list", "--json").stdout)
    assert record["id"] == ID
    assert record["outcome"] == "Verified"
    assert record["started_at"] == "2026-11-22T02:30:00+00:00"
    assert record["location"] is None


def test_an_empty_region_says_so(backups: Backups) -> None:
    assert "has no backup yet" in _run(backups, "list").stdout
    assert _run(backups, "list", "--json").stdout.strip() == "[]"
    assert _run(backups, "status").exit_code == Exit.NO


def test_an_unknown_id_is_named(backups: Backups) -> None:
    for command in ("status", "verify", "cancel"):
        result = _run(backups, command, "20200101t000000-none")
        assert result.exit_code == Exit.NO
        assert "no backup 20200101t000000-none" in result.stderr


def test_a_verification_names_the_backup_that_it_is_of(backups: Backups) -> None:
    backups.put(ID)
    assert _run(backups, "verify", ID).exit_code == Exit.DONE
    given = backups.executions()[0]["input"]
    assert (given["kind"], given["of"]) == ("verify", ID)
    assert given["started_by"].startswith("arn:")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "verify", "of": EARLIER}, f"verify {EARLIER}"),
        ({"outcome": None, "ended_at": None}, "still being made"),
        ({"deleted_at": "2026-12-30T00:00:00Z"}, "was removed 2026-12-30"),
        ({"copy": None, "outcome": "SnapshotFailed"}, "before there was a copy"),
    ],
)
def test_what_cannot_be_verified_is_said_before_anything_is_started(
    backups: Backups, values: dict[str, Any], words: str
) -> None:
    backups.put(ID, **values)
    result = _run(backups, "verify", ID)
    assert result.exit_code == Exit.NO
    assert words in result.stderr
    assert backups.executions() == []


def test_a_cancellation_is_written_into_the_record_and_says_what_is_stopped(backups: Backups) -> None:
    backups.put_running(ID, step="export")
    result = _run(backups, "cancel", ID)
    assert result.exit_code == Exit.DONE
    assert backups.item(ID)["cancel_asked_by"]["S"].startswith("arn:aws:sts::")
    assert "the export is cancelled" in result.stdout


def test_what_has_ended_is_not_cancelled(backups: Backups) -> None:
    backups.put(ID)
    result = _run(backups, "cancel", ID)
    assert result.exit_code == Exit.NO
    assert "has ended already: Verified" in result.stderr
    assert "cancel_asked_by" not in backups.item(ID)


def test_a_record_that_cannot_be_read_is_said_in_words(backups: Backups) -> None:
    backups.put(ID, outcome="Perhaps")
    result = _run(backups, "list")
    assert result.exit_code == Exit.NO
    assert ID in result.stderr
    assert "Perhaps" in result.stderr


def test_a_table_that_gives_no_answer_is_awss_fault(backups: Backups) -> None:
    backups.scene.dynamodb.delete_table(TableName=TABLE)
    assert _run(backups, "list").exit_code == Exit.AWS
