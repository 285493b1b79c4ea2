"""What the drill says: the table, and whether each act went as it must."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from local.drill.january.clinic import Answer
from local.drill.january.figures import Played, database
from local.drill.measuring import Moment, cell, clock, delivery
from local.drill.traffic import Taken
from local.on_call import ALARM, Word, worth_telling
from local.terminal import Terminal
from statline.contract.words import Priority


class Screen:
    """Says it on a terminal, or whatever the output was redirected to."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self._terminal = terminal or Terminal()
        self.say = self._terminal.say

    def table(self, played: Sequence[Played], taken: Sequence[Taken], answers: Sequence[Answer]) -> None:
        """What was waited for, by act and moment: median / 95th / 99th percentile."""
        lanes = (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
        table = Table("", "", *(f"{lane} delivery, ms" for lane in lanes), "the primary's answer, ms", title_style="")
        for act in played:
            for moment in Moment:
                span = act.span(moment)
                cells = [cell(delivery(taken, lane, span)) for lane in lanes]
                title = act.act.title.partition(" ")[0] if moment is Moment.BEFORE else ""
                table.add_row(title, moment, *cells, cell(database(answers, span)))
            table.add_section()
        self._terminal.show(table)
        self.say("median / 95th / 99th percentile of all that began in that moment; lost: it never came")

    def heard(self, played: Sequence[Played], heard: Sequence[Word]) -> None:
        """What on-call was told, each with the act that had begun last and the time since then."""
        began = {act.span(Moment.DURING).begin: act.act.title.partition(" ")[0] for act in played}
        self.say()
        self.say("What on-call heard, with the time since an act's middle part began:")
        for word in worth_telling(heard):
            since = max((at for at in began if at <= word.at), default=min(began))
            rests = " rests" if word.alarm and word.state != ALARM else ""
            self.say(f"  {began[since]} {clock(word.at - since)}  {word.topic:<15}  {word.title}{rests}")

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
