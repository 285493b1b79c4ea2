"""``statline backup``: take a backup without touching the primary, see how it goes, verify and cancel."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import boto3
import typer

from functions.core.adapters.backup.records import BackupRecords
from functions.core.domain.backup.record import BackupKind, BackupOutcome, BackupRecord
from functions.core.domain.errors import PermanentError
from statline.cli.backup.follow import follow, look
from statline.cli.backup.progress import show
from statline.cli.backup.view import STOPPED, as_json, backup_table, headline, moment, step_line
from statline.cli.backup.workflow import NoWorkflowError, Started, Workflow, workflow
from statline.cli.caller import caller
from statline.cli.console import aws_errors, err, fail, out
from statline.cli.exits import EXPLAINED, Exit
from statline.cli.options import Region
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "statline-backups"
_LONGEST_REASON = 200
_WIDE = 500
"""Columns: a line in a file or a pipe stays one line, to be searched."""
backup = typer.Typer(no_args_is_help=True, help="Back up the database without touching the primary.")

Id = Annotated[str, typer.Argument(metavar="ID", help="As `statline backup list` shows it.")]
Wait = Annotated[bool, typer.Option("--wait", help="Follow it until it has ended; the exit code says how.")]


@dataclass(frozen=True, slots=True)
class Backups:
    """A region's backups, and who is asking. person: the ARN behind the credentials."""

    region: str
    person: str
    records: BackupRecords
    workflow: Workflow


@backup.command(epilog=EXPLAINED)
def start(
    region: Region,
    reason: Annotated[
        str, typer.Option(help="Why, for those who see the list: 'before release 4.2'. No patient's name in it.")
    ],
    *,
    kind: Annotated[
        Literal["snapshot", "export", "dump"],
        typer.Option(help="dump: pg_restore reads it. export: Parquet for analysis, cannot be restored."),
    ] = "snapshot",
    wait: Wait = False,
) -> None:
    """Back up now: a snapshot of the replica, copied, restored aside and checked. The primary is not touched."""
    words = _one_line(reason)
    with _backups("starting a backup", region) as backups:
        _begin(backups, {"kind": kind, "reason": words, "started_by": backups.person}, wait=wait)


@backup.command(epilog=EXPLAINED)
def verify(
    backup_id: Id,
    region: Region,
    reason: Annotated[str, typer.Option(help="Why. No patient's name in it.")] = "verified again by hand",
    *,
    wait: Wait = False,
) -> None:
    """Restore an earlier backup aside and check it again. Nothing is snapshotted."""
    words = _one_line(reason)
    with _backups("verifying a backup", region) as backups:
        record = backups.records.get(backup_id)
        if why_not := _why_not_verified(record):
            fail(f"{backup_id} cannot be verified: {why_not}.", Exit.NO)
        asked = {"kind": BackupKind.VERIFY.value, "of": backup_id, "reason": words, "started_by": backups.person}
        _begin(backups, asked, wait=wait)


@backup.command(epilog=EXPLAINED)
def status(
    region: Region,
    backup_id: Annotated[str | None, typer.Argument(metavar="ID", help="Unsaid: the newest one.")] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Say how it stands now, and leave.")] = False,
) -> None:
    """Follow a backup until it has ended. Leaves with 0 if it is verified, with 1 if it is not."""
    with _backups("reading backups", region) as backups:
        record = backups.records.get(backup_id) if backup_id else next(backups.records.newest_first(), None)
        if record is None:
            fail(f"{region} has no backup yet: statline backup start --reason ... --region {region}", Exit.NO)
        started = Started(record.id, record.execution)
        if not once:
            _follow(backups, started)
            return
        sight = show([look(started, backups.records, backups.workflow)], out())
        if sight is None or sight.stranded or _ended_badly(sight.record):
            raise typer.Exit(int(Exit.NO))


@backup.command("list", epilog=EXPLAINED)
def list_(
    region: Region,
    *,
    last: Annotated[int, typer.Option(min=1, help="So many of the newest.")] = 20,
    as_json_: Annotated[bool, typer.Option("--json", help="Everything that is known, as JSON.")] = False,
) -> None:
    """List backups, the newest first."""
    with _backups("reading backups", region) as backups:
        records = list(islice(backups.records.newest_first(), last))
    if as_json_:
        typer.echo(json.dumps([as_json(record) for record in records], indent=2))
    elif records:
        console = out()
        console.print(backup_table(records), width=None if console.is_terminal else _WIDE)
    else:
        out().print(f"{region} has no backup yet.")


@backup.command(epilog=EXPLAINED)
def cancel(backup_id: Id, region: Region) -> None:
    """Ask a running backup to stop. It stops what can be stopped, cleans up, and ends as Cancelled."""
    with _backups("cancelling a backup", region) as backups:
        record = backups.records.get(backup_id)
        if not record.running or not backups.records.ask_to_cancel(backup_id, backups.person):
            ended = backups.records.get(backup_id)
            fail(f"{backup_id} has ended already: {ended.outcome}. Nothing is left to cancel.", Exit.NO)
        out().print(f"{backup_id} is asked to stop. It is at {step_line(record)}", markup=False)
        out().print(f"So {STOPPED[record.step]}.", markup=False)
        out().print(f"It takes a minute or so to notice: statline backup status {backup_id} --region {region}")


def _one_line(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > _LONGEST_REASON or not words.isprintable():
        fail(f"--reason: one line of 1 to {_LONGEST_REASON} characters, without a patient's name.", Exit.INPUT)
    return words


@contextmanager
def _backups(doing: str, region: str) -> Iterator[Backups]:
    """The region's backups. What goes wrong leaves with words and a code."""
    with aws_errors(doing, region):
        person = caller(region)
        client: DynamoDBClient = boto3.client("dynamodb", region_name=region, config=PATIENCE)
        try:
            yield Backups(region, person.arn, BackupRecords(client, TABLE), workflow(region, person))
        except (NoWorkflowError, PermanentError) as cause:
            fail(f"{doing} in {region}: {cause}", Exit.NO)


def _begin(backups: Backups, asked: dict[str, str], *, wait: bool) -> None:
    _refuse_second(backups)
    started = backups.workflow.start(asked)
    out().print(f"backup {started.backup} is started ({started.execution})", markup=False)
    if wait:
        _follow(backups, started)
    else:
        out().print(f"statline backup status {started.backup} --region {backups.region} follows it.")


def _refuse_second(backups: Backups) -> None:
    """The workflow refuses a second one by itself; this says it at once, and says who has the first."""
    running = backups.workflow.running()
    if not running:
        return
    record = next((each for each in backups.records.newest_first() if each.execution in running), None)
    if record is None:
        fail(f"A backup is just starting: {running[0]}. Nothing was started.", Exit.NO)
    fail(
        f"Another one is running: {headline(record)}\n{step_line(record)}\n"
        f"Nothing was started. statline backup status {record.id} --region {backups.region} follows it, "
        f"statline backup cancel {record.id} --region {backups.region} stops it.",
        Exit.NO,
    )


def _follow(backups: Backups, started: Started) -> None:
    try:
        sight = show(follow(started, backups.records, backups.workflow), out())
    except KeyboardInterrupt:
        err().print(
            f"\nThe backup goes on. To stop it: statline backup cancel {started.backup} --region {backups.region}"
        )
        raise
    if sight is None or sight.record is None or sight.record.outcome is not BackupOutcome.VERIFIED:
        raise typer.Exit(int(Exit.NO))


def _ended_badly(record: BackupRecord | None) -> bool:
    return record is not None and not record.running and record.outcome is not BackupOutcome.VERIFIED


def _why_not_verified(record: BackupRecord) -> str:
    if record.kind is BackupKind.VERIFY:
        return f"it is a verification itself; verify {record.of}"
    if record.running:
        return "it is still being made"
    if record.deleted_at is not None:
        return f"it was removed {moment(record.deleted_at)}Z, past its time"
    if record.copy is None:
        return f"it ended as {record.outcome}, before there was a copy"
    return ""
