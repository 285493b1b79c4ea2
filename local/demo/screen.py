"""What the demonstration shows: lines as things happen, and a table at the end. Colour on a terminal only."""

from collections.abc import Iterable, Mapping, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.demo.activation import ActivationStory
from local.demo.activation_lines import lived_line, roles_table
from local.demo.acts import Act
from local.demo.producer import Producer, Taken
from local.demo.story import Story
from local.demo.watching import Happening
from local.on_call import Word
from local.sandbox.records import ChannelName, Received
from local.terminal import Terminal
from statline.contract.events import DeliveryStateChanged, MessageRefused, NotificationRouted
from statline.contract.words import DeliveryState

_CHANNELS: Mapping[ChannelName, tuple[str, str]] = {
    "push": ("the phone shows", "cyan"),
    "sms": ("the phone gets", "green"),
    "voice": ("the phone rings and says", "magenta"),
}
_STATES: Mapping[DeliveryState, str] = {
    DeliveryState.ACCEPTED: "bold green",
    DeliveryState.RETRYING: "yellow",
    DeliveryState.UNKNOWN: "yellow",
    DeliveryState.FAILED: "bold red",
    DeliveryState.EXPIRED: "bold red",
}
_TOPICS: Mapping[str, tuple[str, str]] = {
    "statline-page": ("is paged", "bold red"),
    "statline-ticket": ("gets a ticket", "yellow"),
}
_MARGIN = " " * 6
_LONG_OPTION = 40


class Screen:
    """The terminal, or whatever the output was redirected to."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self._terminal = terminal or Terminal()
        self.say = self._terminal.say

    def heading(self, text: str) -> None:
        """The beginning of a part."""
        self.say()
        self.say(Text(text, "bold"))

    def stage(self, producer: Producer) -> None:
        """A region, and how a shell becomes its producer."""
        stage = producer.stage
        self.heading(f"{stage.region}, as {stage.producer}")
        self.say(Text(f"  $ {producer.keys}", "dim"))

    def act(self, act: Act, command: Sequence[str]) -> None:
        """What is about to be sent, and the command that sends it."""
        self.say()
        self.say(Text(f"  {act.title}", "bold"))
        if act.note:
            self.say(Text(f"  {act.note}", "italic dim"))
        self.say(_command(command, indent=2))
        self.say()

    def second_act(self, title: str, note: str, command: Sequence[str]) -> None:
        """What the second act is about to send."""
        self.heading(f"  {title}")
        self.say(Text(f"  {note}", "italic dim"))
        self.say(_command(command, indent=2))
        self.say()

    def lived(self, story: ActivationStory, happening: Happening) -> None:
        """One line for what somebody lives through, or for what was told of an activation."""
        self.say(Text.assemble(_ahead(story.moment(happening)), lived_line(story, happening)))

    def covered(self, story: ActivationStory, silence: float) -> None:
        """The activation's roles and who comes, and for how many seconds no telephone has rung; 0 while one is busy."""
        self._terminal.show(Padding(roles_table(story), (1, 0, 0, 6)))
        cancelled = f"{story.cancelled} deliveries were cancelled before they began. " if story.cancelled else ""
        rests = f"Nothing has rung for {silence:.0f} s." if silence else "A telephone is still busy with a call."
        self.say(Text(f"{_MARGIN}{cancelled}{rests}", "bold"))

    def taken(self, taken: Taken) -> None:
        """The moment from which an act's times count, and what SQS answered."""
        self.say(Text.assemble(_ahead(0.0), ("sent", "bold"), (f"  SQS took message {taken.message_id}", "dim")))

    def happened(self, story: Story, happening: Happening) -> None:
        """One line for one happening."""
        self.say(Text.assemble(_ahead(story.moment(happening)), _told(happening)))

    def missing(self, missing: Sequence[str], seconds: float) -> None:
        """What did not come in time."""
        what = ", ".join(missing)
        self.say(Text(f"{_MARGIN}did not come within {seconds:.0f} s: {what}", "bold red"))

    def on_call(self, region: str, word: Word) -> None:
        """What on-call hears, when it does: an alarm that speaks or rests, or a letter."""
        hears, style = _TOPICS.get(word.topic, (f"hears of {word.topic}", "bold"))
        state = f" ({word.state})" if word.state else ""
        self.say(Text.assemble(f"{_MARGIN}on-call of {region} ", (hears, style), f": {word.title}{state}"))

    def summary(self, stories: Iterable[Story]) -> None:
        """The closing table: every channel's way, hop by hop."""
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for title in ("", "", ""):
            table.add_column(title, no_wrap=True)
        for title in ("router", "provider", "answer", "in all"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for story in stories:
            for row in _rows(story):
                table.add_row(*row)
        self.heading("Milliseconds from the producer's request: to the router, to the provider, to its answer")
        self._terminal.show(Padding(table, (0, 0, 0, 2)))
        self.say(Text("  The first message through a function waits for the function's start.", "dim"))

    def next_steps(self, lines: Iterable[tuple[str, Sequence[str]]]) -> None:
        """What to do from here: a sentence, and its commands."""
        self.heading("Go on from here")
        for what, commands in lines:
            self.say(f"  {what}")
            for command in commands:
                self.say(_command(command.split(" "), indent=4))


def _command(words: Sequence[str], indent: int) -> Text:
    """A command, one long option to a line: it can be copied as it stands."""
    broken = f" \\\n{' ' * (indent + 4)}".join(" ".join(part) for part in _lines(words))
    return Text(f"{' ' * indent}$ {broken}", "yellow")


def _lines(words: Sequence[str]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for word in words:
        if word.startswith("--") and len(word) > _LONG_OPTION:
            lines.append([])
        lines[-1].append(word)
    return lines


def _ahead(seconds: float) -> Text:
    return Text(f"{_MARGIN}{_millis(seconds):>6} ms  ", "dim")


def _millis(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"


def _told(happening: Happening) -> Text:
    match happening:
        case NotificationRouted():
            ways = ", ".join(f"{channel} {count}" for channel, count in happening.deliveries.items())
            people = "1 person" if happening.recipients == 1 else f"{happening.recipients} people"
            return Text.assemble(("routed", "bold"), f"  to {people}: {ways}")
        case MessageRefused():
            faults = "; ".join(f"{fault.path}: {fault.rule}" for fault in happening.faults)
            said = f"  {happening.sentence} {faults}".rstrip()
            return Text.assemble((f"refused ({happening.reason})", "bold red"), said)
        case DeliveryStateChanged():
            reason = f" ({happening.reason})" if happening.reason else ""
            state = (happening.state.value, _STATES.get(happening.state, "dim"))
            return Text.assemble(f"{happening.channel:<5} ", state, reason)
        case Received():
            return _phone(happening)
        case _:
            return Text(type(happening).__name__)


def _phone(received: Received) -> Text:
    does, style = _CHANNELS[received.channel]
    words = received.data.get("statline_text") if received.channel == "voice" else None
    text = words or ": ".join(part for part in (received.title, received.body) if part)
    return Text.assemble((f"{received.channel:<5} {does} ", style), (f"“{' '.join(text.split())}”", "bold"))


def _rows(story: Story) -> Iterable[tuple[str | Text, ...]]:
    start = (story.stage.region, story.act.lane.value)
    if story.missing:
        yield (*start, "", "", "", "", "", Text(f"missing: {', '.join(story.missing)}", "bold red"))
    elif story.refusal:
        yield (*start, "", _millis(story.moment(story.refusal)), "", "", "", Text("refused, as it must be", "green"))
    for channel, hops in story.hops:
        to_provider, to_answer = hops.rang - hops.routed, hops.accepted - hops.rang
        times = [_millis(seconds) for seconds in (hops.routed, to_provider, to_answer, hops.accepted)]
        yield (*start, channel.value, *times, Text("accepted", "green"))
