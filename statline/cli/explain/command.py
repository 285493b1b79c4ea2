"""``statline explain``: one alarm, with everything that on-call needs of it."""

import json
from typing import TYPE_CHECKING, Annotated

import boto3
import typer

from statline.cli.alarms.words import words_of
from statline.cli.close_names import close_to, the_one
from statline.cli.console import aws_errors, fail, out
from statline.cli.exits import Exit
from statline.cli.explain.reading import Reader, utc_now
from statline.cli.explain.view import explained_json, explained_lines, runbook_lines
from statline.cli.options import Region
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


def explain(
    alarm: Annotated[str, typer.Argument(metavar="ALARM", help="Its name, in quotation marks.")],
    region: Region,
    *,
    runbook: Annotated[bool, typer.Option(help="Print the runbook, too.")] = True,
    json_: Annotated[bool, typer.Option("--json", help="As JSON, without the runbook's text.")] = False,
) -> None:
    """Explain an alarm: how it stands, what it means, what to do first, its figures now, its last day, its runbook.

    It only looks. The figures are CloudWatch's; what the alarm makes of them is computed here.
    """
    now = utc_now()
    with aws_errors("reading the alarm", region):
        cloudwatch: CloudWatchClient = boto3.client("cloudwatch", region_name=region, config=PATIENCE)
        reader = Reader(cloudwatch, now)
        found = reader.read(alarm)
        if found is None:
            names = reader.names()
            meant = the_one(alarm, names)
            found = reader.read(meant) if meant else None
    if found is None:
        fail(_unknown(alarm, region, names), Exit.NO)
    if json_:
        typer.echo(json.dumps(explained_json(found), indent=2))
        return
    for line in explained_lines(found, now):
        out().print(line, markup=False)
    if runbook:
        out().print()
        for line in runbook_lines(words_of(found.standing.description)):
            out().print(line, markup=False)


def _unknown(name: str, region: str, names: list[str]) -> str:
    if not names:
        return f"{region} has no alarms: the Monitoring stack is not deployed, or not for these credentials."
    like = close_to(name, names)
    if like:
        return f"{region} has no alarm '{name}'. Did you mean:\n" + "\n".join(f"  {each}" for each in like)
    return f"{region} has no alarm like '{name}': `statline alarms list --deployed --region {region}` lists them."
