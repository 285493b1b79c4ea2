"""Shows a roll call: while it goes on, and when it is over."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from functions.core.domain.paging.roll_call import Called, RollCall
from statline.cli.rollcall.follow import Sight
from statline.contract.words import RollCallProblem, RollCallStanding

HEADINGS: Mapping[RollCallStanding, str] = {
    RollCallStanding.UNREACHABLE: "cannot be reached",
    RollCallStanding.SILENT: "no answer",
    RollCallStanding.DECLINED: "declined",
    RollCallStanding.ACKNOWLEDGED: "acknowledged",
}
PROBLEMS: Mapping[RollCallProblem, str] = {
    RollCallProblem.NO_DEVICE: "no device: the app is not installed, or nobody signed in",
    RollCallProblem.DEAD_DEVICE: "dead token: the app was removed; install it and sign in again",
    RollCallProblem.NO_PHONE: "no phone number",
    RollCallProblem.OPTED_OUT: "opted out: the phone must send START to our number",
    RollCallProblem.UNVERIFIED: "the provider has not verified the number",
    RollCallProblem.NOT_SENT: "not sent: `statline show` says why",
    RollCallProblem.NOT_DELIVERED: "not delivered: `statline show` says why",
}
"""What is wrong, and where it helps, what to do about it."""
_WAITING = "waiting to be routed"


def show(sights: Iterable[Sight], console: Console, progress: Console) -> Sight:
    """Follow the sights, saying who answers as it comes, and answer the last one."""
    seen = Sight(None)
    with Live(Spinner("dots", _WAITING), console=progress, transient=True) as live:
        for sight in sights:
            for person in _news(seen.roll, sight.roll):
                console.print(f"{person.user}: {HEADINGS[person.standing]}", markup=False)
            live.update(Spinner("dots", Text(_count(sight.roll))))
            seen = sight
    return seen


def report(roll: RollCall, console: Console) -> None:
    """Everybody, one line each, below how they stand."""
    console.print(f"\n{roll.tenant} {roll.notification}: {_count(roll)}", markup=False)
    for standing, heading in HEADINGS.items():
        people = [person for person in roll.people if person.standing is standing]
        if people:
            console.print(f"{heading} ({len(people)})", markup=False)
        for person in people:
            console.print(f"  {_line(person)}", markup=False)


def _line(person: Called) -> str:
    return "  ".join((person.user, "; ".join(PROBLEMS[problem] for problem in person.problems))).rstrip()


def _count(roll: RollCall | None) -> str:
    if roll is None:
        return _WAITING
    return f"{roll.count(RollCallStanding.ACKNOWLEDGED)} of {len(roll.people)} acknowledged"


def _news(before: RollCall | None, after: RollCall | None) -> Iterator[Called]:
    """Who has answered since, or turned out to be out of reach."""
    known = {person.user: person.standing for person in before.people} if before else {}
    for person in after.people if after else ():
        if person.standing is not RollCallStanding.SILENT and known.get(person.user) is not person.standing:
            yield person
