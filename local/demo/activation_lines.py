"""How the second act looks: a line for what happens, and the roles at its end."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from local.demo.activation import ActivationStory
from local.demo.watching import Happening
from local.sandbox.people.calls import Happening as Lived
from local.sandbox.people.calls import What
from statline.contract.events import DeliveryStateChanged, LadderEnded, NotificationRouted, RoleCovered, StepFired

_DOES: Mapping[What, tuple[str, str]] = {
    "rings": ("rings", "magenta"),
    "presses": ("presses", "bold green"),
    "texts": ("texts back", "bold green"),
    "ended": ("stops ringing", "dim"),
}
_WHY: Mapping[str, str] = {"unanswered": "nobody took the call", "stopped": "ended by Statline", "busy": "busy"}


def lived_line(story: ActivationStory, happening: Happening) -> Text:
    """What happened, in words."""
    return _lived(story, happening) if isinstance(happening, Lived) else Text.assemble(*_told(story, happening))


def _told(story: ActivationStory, happening: Happening) -> tuple[tuple[str, str], str]:
    """What the bus told: the thing itself, and what is to be said of it."""
    told: tuple[tuple[str, str], str] = ((type(happening).__name__, "dim"), "")
    match happening:
        case NotificationRouted():
            roles = ", ".join(f"{role.role} {role.people}" for role in happening.roles)
            told = ("routed", "bold"), f"  code {happening.code}, roles: {roles}"
        case StepFired():
            people = "1 person is" if happening.people == 1 else f"{happening.people} people are"
            told = (f"escalation {happening.step}", "bold yellow"), f"  {people} paged for {happening.role}"
        case RoleCovered():
            said = f"  by {story.named(happening.user)}, {happening.via}"
            told = (f"{happening.role} is covered", "bold green"), said
        case LadderEnded():
            told = (f"{happening.role} ends as {happening.state}", "bold red"), ""
        case DeliveryStateChanged():
            told = (f"{happening.channel} to {story.named(happening.recipient)}: {happening.state}", "dim"), ""
    return told


def _lived(story: ActivationStory, lived: Lived) -> Text:
    does, style = _DOES[lived.what]
    text = f"  {_WHY.get(lived.text, lived.text)}" if lived.what != "rings" else ""
    return Text.assemble(f"the telephone of {story.member(lived.phone)} ", (does, style), text)


def roles_table(story: ActivationStory) -> Table:
    """Every role: who comes, how they said so, when, and after how many steps."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("role", "covered by", "said by", "after", "steps"):
        table.add_column(title, no_wrap=True)
    for role, covered in story.covered.items():
        steps = sum(step.role == role for step in story.steps)
        after = f"{story.moment(covered):.1f} s"
        table.add_row(role, story.named(covered.user), covered.via, after, str(steps))
    return table
