"""What the drill says: the table, and whether each act went as it must. Colour on a terminal only."""

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.drill.clinic import Answer
from local.drill.figures import Played, Spread, database, delivery
from local.drill.plan import Moment
from local.drill.traffic import Taken
from statline.contract.words import Priority

_PLAIN_WIDTH = 120


class Screen:
    """The terminal, or whatever the output was redirected to."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = _PLAIN_WIDTH

    def say(self, text: str | Text = "") -> None:
        """One line, never cut."""
        self._console.print(text, soft_wrap=True, markup=False)

    def table(self, played: Sequence[Played], taken: Sequence[Taken], answers: Sequence[Answer]) -> None:
        """What was waited for, by act and moment: median / 95th / 99th percentile."""
        lanes = (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
        table = Table("", "", *(f"{lane} delivery, ms" for lane in lanes), "the primary's answer, ms", title_style="")
        for act in played:
            for moment in Moment:
                span = act.span(moment)
                cells = [_cell(delivery(taken, lane, span)) for lane in lanes]
                title = act.act.title.partition(" ")[0] if moment is Moment.BEFORE else ""
                table.add_row(title, moment, *cells, _cell(database(answers, span)))
            table.add_section()
        self._console.print(table)
        self.say("median / 95th / 99th percentile of all that began in that moment; lost: it never came")

    def verdicts(self, faults: Mapping[str, Sequence[str]], played: Sequence[Played], picture: Path) -> None:
        """What was expected of each act, what was seen, and where the picture is."""
        for act in played:
            found = faults[act.act.name]
            self.say()
            self.say(Text.assemble((act.act.title, "bold"), f": {act.act.expects}"))
            for note in act.notes:
                self.say(f"    {note}")
            self.say(
                Text("    as it must be", "green") if not found else Text("    NOT so: " + "; ".join(found), "red")
            )
        self.say()
        self.say(f"The picture: {picture}")


def _cell(spread: Spread) -> str:
    if isnan(spread.p50):
        return f"no answer ({spread.lost} lost)" if spread.lost else "no answer"
    lost = f", {spread.lost} lost" if spread.lost else ""
    return f"{spread.p50:,.0f} / {spread.p95:,.0f} / {spread.p99:,.0f}{lost}"
