"""``statline drill``: an incident, replayed against the alarms of the synthesized templates."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from statline.cli.console import err, fail, out
from statline.cli.exits import Exit
from statline.drills.deployment import read_deployment
from statline.drills.errors import DrillError
from statline.drills.picture import draw
from statline.drills.play import Played, play
from statline.drills.reading import folder_of_incidents, names_in, read_incident
from statline.drills.report import Report, report_of

_COLOURS = {"page": "red", "ticket": "yellow", "over": "green", "outside": "magenta", "in reality": "cyan"}
CHECKOUT = Path(__file__).resolve().parents[2]


def drill(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="An incident of the folder drills, or a file of your own.")
    ] = None,
    *,
    templates: Annotated[Path, typer.Option(help="Where the synthesized templates are.")] = Path("cdk.out"),
    region: Annotated[str | None, typer.Option("--region", "-r", help="Which region. Unsaid: the first one.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw latencies and alarms into this PNG file.")] = None,
    seed: Annotated[int, typer.Option(help="Of the weather: noise, hiccups. The same seed, the same drill.")] = 1,
    live: Annotated[bool, typer.Option("--live", help="On the laptop cloud instead; it takes minutes.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show the incidents there are.")] = False,
) -> None:
    """Replay an incident in simulated time: which alarm speaks, when, to whom; beside what it took in reality.

    The alarms are those of the synthesized templates, as CloudWatch would evaluate them, with the delay that AWS
    publishes figures with. The exit code is 1 when an alarm is late, silent, or speaks where it must not.
    """
    folder = folder_of_incidents()
    if list_:
        _list(folder)
        return
    if name is None:
        fail(f"Which incident? There are: {', '.join(names_in(folder))} (statline drill --list).", Exit.INPUT)
    if live:
        raise typer.Exit(_live(name))
    try:
        played, seconds = _play(name, folder, templates, region, seed)
        if picture is not None:
            draw(played, picture)
    except DrillError as cause:
        fail(str(cause), Exit.INPUT)
    report = report_of(played)
    _show(report, played, seconds)
    if picture is not None:
        out().print(f"The picture: {picture}", markup=False)
    if report.faults:
        raise typer.Exit(int(Exit.NO))


def _play(name: str, folder: Path, templates: Path, region: str | None, seed: int) -> tuple[Played, float]:
    incident, began = read_incident(name, folder), time.monotonic()
    deployment = read_deployment(templates, region)
    with err().status(f"{incident.title}: {incident.lasts / 60:,.0f} minutes of {deployment.region} ..."):
        return play(incident, deployment, seed=seed), time.monotonic() - began


def _show(report: Report, played: Played, seconds: float) -> None:
    console = out()
    console.print(report.title, style="bold", markup=False)
    for paragraph in report.story:
        console.print(paragraph, markup=False)
    console.print()
    for line in report.lines:
        console.print(str(line), style=_COLOURS.get(line.who), markup=False)
    console.print()
    console.print(f"{report.verdict} ({played.region}, {seconds:.1f} s)", style="bold", markup=False)
    for fault in report.faults:
        console.print(f"  {fault.about}", style="red", markup=False)
        console.print(f"    expected: {fault.expected}", markup=False)
        console.print(f"    actual:   {fault.actual}", markup=False)


def _list(folder: Path) -> None:
    table = Table("drill", "what", "in reality")
    for name in names_in(folder):
        try:
            incident = read_incident(name, folder)
        except DrillError as cause:
            fail(str(cause), Exit.INPUT)
        table.add_row(name, incident.title, incident.reality.when if incident.reality else "-")
    out().print(table)


def _live(name: str) -> int:
    """Run the live drill of this name in a process of its own: the laptop cloud is no part of what is installed."""
    if not (CHECKOUT / "local" / "drill").is_dir():
        fail(
            "A live drill needs the laptop cloud, which only a checkout has: run this there, with its environment"
            " (.venv/bin/statline drill NAME --live).",
            Exit.INPUT,
        )
    command = [sys.executable, "-m", "local.drill", name]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode  # noqa: S603 - a program of ours
