"""``statline status``: how a region stands."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.live import Live
from rich.text import Text

from statline.cli.console import aws_errors, err, fail, out
from statline.cli.exits import Exit
from statline.cli.options import Region
from statline.cli.status.model import Status
from statline.cli.status.reading import NoQueuesError, StatusReader, reader_of
from statline.cli.status.view import as_json, lines, screen
from statline.cli.stopping import asked_to_stop
from statline.client.errors import AwsError

_EVERY = 10.0
_WIDE = 160
"""Columns: off a terminal a line stays one line."""


def status(
    region: Region,
    *,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Look again and again, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=1, help="With --watch: seconds between two looks.")] = _EVERY,
    json_: Annotated[bool, typer.Option("--json", help="As JSON; with --watch an object a line.")] = False,
) -> None:
    """Show how a region stands: which alarms speak and what to do first, what clinicians wait, where it waits.

    It only looks. A figure that is not there is told, with what that may mean. Leaves with 0 whatever it finds.
    """
    with aws_errors("reading the status", region), _no_queues():
        reader = reader_of(region)
        first = reader.read()
    if not watch:
        _print(first, as_json_=json_, indent=2)
        return
    with asked_to_stop() as stop:
        moments = _looks(reader, first, stop, every)
        if json_ or not out().is_terminal:
            for seen in moments:
                _print_line(seen, as_json_=json_)
        else:
            _draw(moments)


def _looks(reader: StatusReader, first: Status, stop: Event, every: float) -> Iterator[Status | str]:
    """The status again and again; or why it could not be read this time, which ends nothing."""
    yield first
    while not stop.wait(every):
        try:
            yield reader.read()
        except ClientError as cause:
            yield f"AWS refused ({cause.response['Error']['Code']}); looking again"
        except (BotoCoreError, AwsError) as cause:
            yield f"AWS did not answer ({type(cause).__name__}); looking again"


def _draw(moments: Iterator[Status | str]) -> None:
    """On a terminal the same place is drawn anew. What was last seen stays there when it ends."""
    last: Status | None = None
    with Live(console=out(), auto_refresh=False) as live:
        for seen in moments:
            if isinstance(seen, Status):
                last = seen
                live.update(screen(seen), refresh=True)
            else:
                live.console.print(Text(seen, "yellow"))
    if last is None:
        err().print("Nothing was seen.")


def _print(seen: Status, *, as_json_: bool, indent: int | None = None) -> None:
    if as_json_:
        typer.echo(json.dumps(as_json(seen), indent=indent))
    else:
        console = out()
        console.print(screen(seen), width=None if console.is_terminal else _WIDE)


def _print_line(seen: Status | str, *, as_json_: bool) -> None:
    if isinstance(seen, str):
        err().print(seen, markup=False)
    elif as_json_:
        _print(seen, as_json_=True)
    else:
        for line in lines(seen):
            typer.echo(line)


@contextmanager
def _no_queues() -> Iterator[None]:
    try:
        yield
    except NoQueuesError as cause:
        fail(str(cause), Exit.NO)
