"""``statline send``."""

from typing import Annotated

import typer
from rich.table import Table

from functions.core.domain.delivering.sms_text import segments_of
from statline.cli.console import aws_errors, err, fail, out
from statline.cli.documents import documents, read_text
from statline.cli.exits import Exit
from statline.cli.options import DryRun, Owner, Region
from statline.client import SendReport, StatlineClient
from statline.client.checking import body_of, parse, refuse_cut_sms
from statline.client.errors import ClientError
from statline.contract.notification import Notification


def send(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="JSON, a JSON array or JSON Lines; - reads the input.")],
    region: Region,
    *,
    dry_run: DryRun = False,
    strict_sms: Annotated[
        int | None,
        typer.Option("--strict-sms", metavar="SEGMENTS", min=1, help="Refuse a text that an SMS would have to cut."),
    ] = None,
    owner: Owner = None,
) -> None:
    """Send notifications to their lanes' ingress queues. Nothing is sent unless all of them keep to the contract."""
    notifications = _read(file, strict_sms)
    if dry_run:
        _show(notifications)
        return
    with aws_errors("sending", region):
        report = StatlineClient(region, owner=owner).send(notifications)
    _report(report)


def _read(file: str, strict_sms: int | None) -> list[Notification]:
    notifications, faults = [], []
    for document in documents(read_text(file)):
        try:
            notification = parse(document.text)
            body_of(notification)
            if strict_sms is not None:
                refuse_cut_sms(notification, segments=strict_sms)
            notifications.append(notification)
        except ClientError as cause:
            faults.append(f"{file}, {document.place}: {cause}")
    if faults:
        err().print("\n".join(faults), markup=False)
        fail(f"Nothing was sent: {len(faults)} of {len(faults) + len(notifications)} cannot be.", Exit.INPUT)
    if not notifications:
        fail(f"{file} holds no message.", Exit.INPUT)
    return notifications


def _show(notifications: list[Notification]) -> None:
    table = Table(
        "tenant", "id", "lane", "recipients", "bytes", "segments of the text", title="Nothing was sent (--dry-run)"
    )
    for each in notifications:
        text = f"{each.content.title}\n{each.content.body}"
        size = len(body_of(each).encode())
        row = (each.tenant, each.id, each.priority, len(each.recipients), f"{size:,}", segments_of(text))
        table.add_row(*map(str, row))
    out().print(table)


def _report(report: SendReport) -> None:
    for sent in report.sent:
        out().print(f"sent {sent.tenant} {sent.id} (message {sent.message_id}, trace {sent.trace})", markup=False)
    for failure in report.failed:
        again = "; send it again under the same id" if failure.retryable else ""
        err().print(f"not sent {failure.tenant} {failure.id}: {failure.reason}{again}", markup=False)
    if report.failed:
        raise typer.Exit(int(Exit.PARTLY if report.sent else Exit.AWS))
