"""What a live drill says: its course in words, the table of delays, and whether all went as it must."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from local.drill.live.judging import Run, unrested
from local.drill.live.timeline import SEEN, timeline
from local.drill.measuring import Moment, cell, delivery
from local.drill.region import PAGE
from local.terminal import Terminal
from statline.contract.words import Priority

_COLUMN = 31
_STYLES = {PAGE: "bold red", SEEN: "dim"}


class Screen:
    """Says it on a terminal, or whatever the output was redirected to."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self._terminal = terminal or Terminal()

    def catalogue(self, titles: Mapping[str, str], remarks: Mapping[str, str], not_live: Mapping[str, str]) -> None:
        """Which drills there are, what each cannot show, and which incidents are not played live."""
        say = self._terminal.say
        for name, title in titles.items():
            say(Text.assemble((f"{name:<{_COLUMN}}", "bold"), title))
            if remarks.get(name):
                say(f"{'':<{_COLUMN}}cannot be shown live: {remarks[name]}")
        say()
        say("In simulated time only (statline drill NAME):")
        for name, why in not_live.items():
            say(f"{name:<{_COLUMN}}{why}")

    def tell(self, run: Run, faults: Sequence[str], picture: Path) -> None:
        """All there is to say of a run."""
        say = self._terminal.say
        say()
        say(Text.assemble((run.drill.name, "bold"), f": {run.drill.expects}"))
        say()
        for line in timeline(run):
            say(Text(f"  {line}", _STYLES.get(line.where, "")))
        say()
        self._table(run)
        self._sums(run)
        for note in run.notes:
            say(f"  {note}")
        say()
        say(Text("as it must be", "green") if not faults else Text("NOT so:", "red"))
        for fault in faults:
            say(Text(f"  {fault}", "red"))
        say(f"The picture: {picture}")

    def _table(self, run: Run) -> None:
        lanes = (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
        table = Table("", *(f"{lane} delivery, ms" for lane in lanes), title_style="")
        for moment in Moment:
            table.add_row(moment, *(cell(delivery(run.taken, lane, run.span(moment))) for lane in lanes))
        self._terminal.show(table)

    def _sums(self, run: Run) -> None:
        lost = sum(one.seconds is None for one in run.taken)
        more = sum(not one.steady for one in run.taken)
        self._terminal.say("median / 95th / 99th percentile of all that began then, until it was on a phone")
        besides = f", {more} of them in the storm" if more else ""
        again = f"; {run.repeated} came more than once" if run.repeated else ""
        self._terminal.say(f"{len(run.taken)} notifications{besides}, {lost} of them lost{again}")
        loud = [one.alarm for one in unrested(run.drill.must, run.heard)]
        if loud and not run.until_rest:
            self._terminal.say(f"These still spoke at the end (--until-rest waits for them): {', '.join(loud)}")
        if run.heard.speaking:
            self._terminal.say(f"These spoke before anything happened: {', '.join(run.heard.speaking)}")
