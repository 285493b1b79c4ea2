"""``statline preflight``."""

from typing import TYPE_CHECKING, Annotated

import boto3
import typer
from rich.table import Table
from rich.text import Text

from statline.cli.console import aws_errors, err, out
from statline.cli.exits import Exit
from statline.cli.options import Region
from statline.cli.preflight.quotas import Finding, Preflight, Wants
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


def preflight(
    region: Region,
    sms_dollars: Annotated[int, typer.Option(min=1, help="Wanted: US dollars a month for SMS.")] = 1000,
    calls: Annotated[int, typer.Option(min=1, help="Wanted: voice calls at the same time.")] = 100,
    call_rate: Annotated[int, typer.Option(min=1, help="Wanted: voice calls started in a second.")] = 10,
) -> None:
    """Check the quotas that AWS sets low for new accounts, before people's phones depend on them."""
    with aws_errors("reading quotas", region):
        sms: PinpointSMSVoiceV2Client = boto3.client("pinpoint-sms-voice-v2", region_name=region, config=PATIENCE)
        quotas = boto3.Session().client("service-quotas", region_name=region, config=PATIENCE)
    findings = Preflight(sms, quotas, Wants(sms_dollars, calls, call_rate)).findings()
    _print(findings)
    short = [finding for finding in findings if not finding.enough]
    for finding in short:
        err().print(f"{finding.name}: {finding.how}", markup=False)
    if short:
        raise typer.Exit(int(Exit.AWS if all(finding.unread for finding in short) else Exit.NO))


def _print(findings: list[Finding]) -> None:
    table = Table("quota", "have", "want", "")
    for finding in findings:
        verdict = Text("enough", "green") if finding.enough else Text("short" if not finding.unread else "?", "red")
        table.add_row(finding.name, finding.have, finding.want, verdict)
    out().print(table)
