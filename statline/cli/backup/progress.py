"""Shows a backup while it goes on: on a terminal one line that moves below those of the steps that are over."""

from collections.abc import Iterable

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from statline.cli.backup.follow import Sight
from statline.cli.backup.view import end_line, headline, step_line

_WAITING = "waiting for the workflow to open its record"


def show(sights: Iterable[Sight], console: Console) -> Sight | None:
    """Print what is new in each sight and answer the last one; None where there is none."""
    return _moving(sights, console) if console.is_terminal else _lines(sights, console)


def _lines(sights: Iterable[Sight], console: Console) -> Sight | None:
    """A line whenever something has changed: for logs and pipes."""
    last, said = None, ""
    for sight in sights:
        if sight.record is not None and (last is None or last.record is None):
            console.print(headline(sight.record), markup=False)
        if (line := _now(sight)) != said:
            console.print(line, markup=False)
        last, said = sight, line
    return last


def _moving(sights: Iterable[Sight], console: Console) -> Sight | None:
    last: Sight | None = None
    with Live(Spinner("dots", _WAITING), console=console, transient=True) as live:
        for sight in sights:
            if sight.record is not None and (last is None or last.record is None):
                console.print(headline(sight.record), markup=False)
            if last is not None and _step(last) != _step(sight):
                console.print(f"  {_now(last)}", markup=False)
            live.update(Spinner("dots", Text(_now(sight))))
            last = sight
    if last is not None:
        console.print(_now(last), markup=False)
    return last


def _step(sight: Sight) -> object:
    return sight.record.step if sight.record else None


def _now(sight: Sight) -> str:
    if sight.stranded:
        return f"It stands still: {sight.stranded}."
    if sight.record is None:
        return _WAITING
    return step_line(sight.record) if sight.record.running else end_line(sight.record)
