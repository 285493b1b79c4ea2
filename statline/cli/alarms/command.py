"""``statline alarms``: which alarms there are, and what they would have said over a history."""

import json
from typing import Annotated

import typer

from statline.cli.alarms.backtest import backtest
from statline.cli.alarms.options import Deployed, MaybeRegion, Templates
from statline.cli.alarms.sources import alarms_of
from statline.cli.alarms.view import alarm_json, alarm_lines, heard_through, unreadable_lines
from statline.cli.console import err, fail, out
from statline.cli.exits import EXPLAINED, Exit

alarms = typer.Typer(no_args_is_help=True, help="See alarms as data, and try them on a history.")
alarms.command(epilog=EXPLAINED)(backtest)


@alarms.command("list", epilog=EXPLAINED)
def list_(
    region: MaybeRegion = None,
    *,
    templates: Templates = None,
    deployed: Deployed = False,
    containing: Annotated[str, typer.Option("--containing", metavar="TEXT", help="Only names with this in it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the alarms of a region: whom each speaks to, and when. From templates, unless --deployed is said."""
    found = alarms_of(templates, region, deployed=deployed)
    chosen = [alarm for name, alarm in found.named.items() if containing.lower() in name.lower()]
    through = heard_through(found.named.values())
    states = [found.states.get(alarm.name) for alarm in chosen]
    if as_json:
        rows = [
            alarm_json(alarm, state, through.get(alarm.name, ())) for alarm, state in zip(chosen, states, strict=True)
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for alarm, state in zip(chosen, states, strict=True):
        for line in alarm_lines(alarm, state, through.get(alarm.name, ())):
            out().print(line, markup=False)
    for line in unreadable_lines(found.unreadable):
        err().print(line, markup=False)
    if not chosen:
        named = f" with '{containing}' in its name" if containing else ""
        fail(f"{found.region} has no alarm{named}.", Exit.NO)
