"""``statline alarms backtest``: alarms over a team's own history."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from statline.alarms.errors import AlarmError
from statline.alarms.model import CompositeAlarm
from statline.backtest.backtest import Tested, Trial
from statline.backtest.errors import BacktestError
from statline.backtest.history import History, merged
from statline.backtest.matching import said_in
from statline.backtest.proposal import Proposal, propose
from statline.backtest.reading import read_history
from statline.backtest.spells import Stretch
from statline.cli.alarms.by_hand import Typed
from statline.cli.alarms.options import (
    Deployed,
    MaybeRegion,
    Templates,
    datapoints_in,
    missing_in,
    period_in,
    statistic_in,
    stretch_in,
)
from statline.cli.alarms.run import Run
from statline.cli.alarms.sources import alarms_of
from statline.cli.alarms.view import proposal_lines, proposal_table, tested_json, tested_lines
from statline.cli.console import err, fail, out
from statline.cli.exits import Exit

_MOST_SPELLS = 20


def backtest(
    metrics: Annotated[
        list[str], typer.Option("--metrics", metavar="FILE|-", help="GetMetricData's JSON, or CSV. Again for more.")
    ],
    *,
    alarm: Annotated[list[str] | None, typer.Option("--alarm", help="Its name. Unsaid: every one that fits.")] = None,
    region: MaybeRegion = None,
    templates: Templates = None,
    deployed: Deployed = False,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="ID=METRIC", help="What a series is: reads=AWS/RDS/ReadIOPS{Name=Value}."),
    ] = None,
    threshold: Annotated[float | None, typer.Option(help="By hand, or instead of the alarm's own.")] = None,
    above: Annotated[bool | None, typer.Option("--above/--below", help="Which side of it is bad.")] = None,
    or_equal: Annotated[bool | None, typer.Option("--or-equal", help="The threshold itself is bad, too.")] = None,
    period: Annotated[int | None, typer.Option(metavar="SECONDS", help="The alarm's period.")] = None,
    datapoints: Annotated[str | None, typer.Option(metavar="M/N", help="How many of how many must breach.")] = None,
    missing: Annotated[str | None, typer.Option(help="missing, ignore, breaching or notBreaching.")] = None,
    statistic: Annotated[str | None, typer.Option(help="Maximum, Sum, p99 ...")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="A row is one observation, not a period's figure.")] = False,
    utc: Annotated[bool, typer.Option("--utc", help="Times without a zone are UTC.")] = False,
    false_pages: Annotated[
        float | None,
        typer.Option("--false-pages-a-month", min=0, metavar="N", help="Propose a threshold with at most so many."),
    ] = None,
    incident: Annotated[
        list[str] | None,
        typer.Option("--incident", metavar="FROM/TO", help="Real trouble: what speaks then is no false page."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every time that it would have spoken.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Run alarms over a history of yours: when each would have spoken, for how long, how many times a week.

    An alarm of the templates or of the account, or a threshold by hand; an alarm's own threshold, period and so on can
    be tried otherwise, too. A history's figures are one a period, as CloudWatch gives them.
    """
    with _faults_said():
        typed = Typed(
            threshold=threshold, above=above, reaching=or_equal,
            period=None if period is None else period_in(period),
            datapoints=datapoints_in(datapoints) if datapoints else None,
            missing=missing_in(missing) if missing else None,
            statistic=statistic_in(statistic) if statistic else None,
        )  # fmt: skip
        incidents = [stretch_in(text) for text in incident or ()]
        said = [said_in(text) for text in as_ or ()]
        history = _history(metrics, utc=utc)
        run = Run(history, said, typed, raw=raw)
        if alarm is None and threshold is not None:
            results = run.by_hand()
        else:
            known = alarms_of(templates, region, deployed=deployed)
            results = run.named(known, alarm) if alarm else run.fitting(known)
        told = []
        for result, trial in results:
            proposal = _proposed(trial, false_pages, incidents)
            told.append(tested_json(result, proposal))
            if not as_json:
                _print(result, proposal, false_pages, len(incidents), most=None if everything else _MOST_SPELLS)
    if as_json:
        typer.echo(json.dumps({"notes": list(history.notes), "alarms": told}, indent=2))


@contextmanager
def _faults_said() -> Iterator[None]:
    try:
        yield
    except (BacktestError, AlarmError) as cause:
        fail(str(cause), Exit.INPUT)


def _history(names: Sequence[str], *, utc: bool) -> History:
    found = []
    for name in names:
        try:
            with _opened(name) as lines, _busy(f"reading {name}"):
                found.append(read_history(lines, name="standard input" if name == "-" else Path(name).name, utc=utc))
        except OSError as cause:
            fail(f"{name} cannot be read: {cause.strerror}", Exit.INPUT)
        except UnicodeDecodeError:
            fail(f"{name} is not UTF-8: save it as UTF-8 and try again", Exit.INPUT)
    history = merged(found)
    for note in history.notes:
        err().print(f"Note: {note}", markup=False)
    return history


@contextmanager
def _opened(name: str) -> Iterator[Iterator[str]]:
    if name == "-":
        yield iter(sys.stdin)
        return
    with Path(name).open(encoding="utf-8-sig", newline="") as file:
        yield iter(file)


@contextmanager
def _busy(doing: str) -> Iterator[None]:
    console = err()
    if not console.is_terminal:
        yield
        return
    with console.status(doing):
        yield


def _proposed(trial: Trial | None, wanted: float | None, incidents: Sequence[Stretch]) -> Proposal | None:
    if trial is None or wanted is None:
        return None
    console = err()
    if not console.is_terminal:
        return propose(trial, wanted, incidents)
    with console.status("trying thresholds") as status:
        return propose(trial, wanted, incidents, lambda count: status.update(f"trying thresholds: {count}"))


def _print(
    result: Tested, proposal: Proposal | None, wanted: float | None, incidents: int, *, most: int | None
) -> None:
    console = out()
    for line in tested_lines(result, most):
        console.print(line, markup=False)
    if wanted is not None and not isinstance(result.alarm, CompositeAlarm):
        for line in proposal_lines(proposal, wanted):
            console.print(line, markup=False)
        if proposal is not None:
            console.print(proposal_table(proposal, incidents))
