"""``statline stand-down``."""

from typing import Annotated

import typer
from pydantic import ValidationError

from statline.cli.console import aws_errors, err, fail, out
from statline.cli.exits import Exit
from statline.cli.options import Owner, Region
from statline.client import StatlineClient
from statline.contract.words import Priority


def stand_down(
    activation: Annotated[str, typer.Argument(metavar="ID", help="The id of the activation that is over.")],
    region: Region,
    *,
    tenant: Annotated[str, typer.Option("--tenant", "-t", help="The tenant.")],
    priority: Annotated[
        Priority, typer.Option("--priority", help="The activation's priority: the word goes by its lane.")
    ] = Priority.STAT,
    owner: Owner = None,
) -> None:
    """Call an activation off: its ladders stop, calls stop ringing, and everybody who was paged hears so."""
    client = StatlineClient(region, owner=owner)
    with aws_errors("sending", region):
        try:
            report = client.stand_down(activation, tenant=tenant, priority=priority)
        except ValidationError:
            fail(f"{tenant} {activation} is no tenant and id that Statline takes.", Exit.INPUT)
    for sent in report.sent:
        out().print(
            f"the stand-down of {sent.tenant} {sent.id} is sent (message {sent.message_id}, trace {sent.trace}).\n"
            f"Its roles, and whether it ended: statline show {sent.id} --tenant {sent.tenant} --region {region}",
            markup=False,
            soft_wrap=True,
        )
    for failure in report.failed:
        again = "; send it again" if failure.retryable else ""
        err().print(f"not stood down {failure.tenant} {failure.id}: {failure.reason}{again}", markup=False)
    if report.failed:
        raise typer.Exit(int(Exit.AWS))
