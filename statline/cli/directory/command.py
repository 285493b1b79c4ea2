"""``statline directory import``, and the group that it is in."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.progress import Progress

from statline.cli.console import aws_errors, err, fail, out
from statline.cli.directory.changes_csv import documents_in_csv
from statline.cli.directory.reconcile import reconcile
from statline.cli.documents import Document, documents, read_text
from statline.cli.exits import EXPLAINED, Exit
from statline.cli.options import DryRun, Owner, Region
from statline.client import DirectoryClient
from statline.client.directory import DirectoryLookup
from statline.client.errors import faults_of
from statline.client.posting import NotPosted
from statline.client.references import faults_in
from statline.contract.directory import DIRECTORY_CHANGE, DirectoryChange

MOST_FAULTS = 50
directory = typer.Typer(no_args_is_help=True, help="Keep the directory: who can be reached where, and who is on shift.")
directory.command(epilog=EXPLAINED)(reconcile)


@directory.command("import", epilog=EXPLAINED)
def import_changes(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="JSON Lines, a JSON array, or CSV (by its name).")],
    region: Region,
    *,
    kind: Annotated[str, typer.Option(help="For a CSV without the column: user, contact_point, device ...")] = "",
    tenant: Annotated[str, typer.Option(help="For a CSV without the column.")] = "",
    revision: Annotated[
        int | None, typer.Option(min=1, help="For a CSV without the column; milliseconds since 1970 when unsaid.")
    ] = None,
    lookup: Annotated[
        bool,
        typer.Option(
            "--lookup/--no-lookup",
            help="Ask the directory for people, teams and policies that the file names and does not hold.",
        ),
    ] = True,
    dry_run: DryRun = False,
    owner: Owner = None,
) -> None:
    """Send changes to the directory. Nothing is sent unless all of them are right.

    An escalation policy is right if everybody whom it names is in the file or in the directory, and if no policy comes
    back to itself. The same holds for what teams, pagers, services and lines name of policies, holders and pagers.
    Sending a file again is harmless: a change whose revision is not above the stored one changes nothing.
    """
    said = {"kind": kind, "tenant": tenant, "revision": revision or int(datetime.now(UTC).timestamp() * 1000)}
    checked = _checked(file, _documents(file, {name: value for name, value in said.items() if value}))
    if lookup:
        _refuse_dangling(file, checked, region)
    changes = [change for _, change in checked]
    if dry_run:
        out().print(f"{len(changes):,} changes are right. Nothing was sent (--dry-run).")
        return
    with aws_errors("sending to the directory", region):
        refused = _send(changes, DirectoryClient(region, owner=owner))
    _report(len(changes), refused)


def _documents(file: str, said: dict[str, object]) -> Iterable[Document]:
    text = read_text(file)
    return documents_in_csv(text, said) if Path(file).suffix.lower() == ".csv" else documents(text)


def _checked(file: str, found: Iterable[Document]) -> list[tuple[str, DirectoryChange]]:
    """Each change with its place in the file."""
    changes, faults = [], []
    for document in found:
        try:
            changes.append((document.place, DIRECTORY_CHANGE.validate_json(document.text)))
        except ValidationError as cause:
            faults += [f"{file}, {document.place}: {fault.path}: {fault.rule}" for fault in faults_of(cause)]
    _refuse(faults)
    if not changes:
        fail(f"{file} holds no change.", Exit.INPUT)
    return changes


def _refuse_dangling(file: str, checked: Sequence[tuple[str, DirectoryChange]], region: str) -> None:
    """Refuse what names somebody or something that is nowhere. The directory is asked only where the file names any."""
    places = [place for place, _ in checked]
    with aws_errors("looking up in the directory (--no-lookup leaves that out)", region):
        found = faults_in([change for _, change in checked], DirectoryLookup(region).find)
    _refuse([f"{file}, {places[number]}: {fault.path}: {fault.rule}" for number, fault in found])


def _refuse(faults: Sequence[str]) -> None:
    if not faults:
        return
    err().print("\n".join(faults[:MOST_FAULTS]), markup=False)
    more = f", {len(faults) - MOST_FAULTS:,} of them not shown" if len(faults) > MOST_FAULTS else ""
    fail(f"Nothing was sent: {len(faults):,} {'fault' if len(faults) == 1 else 'faults'}{more}.", Exit.INPUT)


def _send(changes: Sequence[DirectoryChange], client: DirectoryClient) -> list[tuple[int, NotPosted]]:
    """Send with progress, and answer which were not taken, by their number in the file."""
    refused = []
    console = err()
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("sending", total=len(changes))
        for number, answer in enumerate(client.send(changes), start=1):
            if isinstance(answer, NotPosted):
                refused.append((number, answer))
            bar.advance(task)
            if not console.is_terminal and number % 1000 == 0:
                console.print(f"sent {number:,} of {len(changes):,}")
    return refused


def _report(total: int, refused: Sequence[tuple[int, NotPosted]]) -> None:
    out().print(f"{total - len(refused):,} of {total:,} changes sent. They are in the directory within seconds.")
    for number, answer in refused[:MOST_FAULTS]:
        err().print(f"change {number} was not sent: {answer.reason}", markup=False)
    if refused:
        err().print("Import the file again: what was taken changes nothing a second time.")
        raise typer.Exit(int(Exit.PARTLY if len(refused) < total else Exit.AWS))
