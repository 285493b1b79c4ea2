"""How a region's status looks: what speaks, what clinicians feel, where it waits; and what a missing figure may be."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import Enum

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from statline.cli.alarms.states import Standing
from statline.cli.alarms.words import words_of
from statline.cli.redrive.view import span
from statline.cli.status.model import (
    EscalationStanding,
    ProviderStanding,
    QueueStanding,
    RouterStanding,
    Status,
    WayStanding,
)
from statline.contract.words import Priority

NOTHING = "-"
_COLUMNS = ("lane", "by", "waits", "p50", "p95", "canary", "queue", "busy", "oldest", "dead")
_MANY_ERRORS = 0.25
_STALLED: Mapping[Priority, float] = {Priority.STAT: 20, Priority.URGENT: 90, Priority.ROUTINE: 900}
"""As the alarms have it that speak of the same (docs/alarms.md). Here it is colour only."""


def screen(status: Status) -> RenderableType:
    """Everything, to be printed or drawn anew."""
    return Group(*_heading(status), lanes_table(status), *(Text(line) for line in _below(status)))


def _heading(status: Status) -> Iterator[Text]:
    pages = [one for one in status.speaking if one.severity == "page" and not one.held_by]
    style = "bold red" if pages else "bold yellow" if status.speaking else "bold green"
    yield Text(f"{status.region}, {status.at:%Y-%m-%d %H:%M:%S}Z: {_sentence(status, len(pages))}", style)
    for one in status.speaking:
        yield from _alarm(one, status)
    if status.quiet:
        yield Text(f"  In ALARM as well, and told by nobody: {', '.join(one.name for one in status.quiet)}", "dim")


def _sentence(status: Status, pages: int) -> str:
    if pages:
        others = len(status.speaking) - pages
        return f"{pages} page{'s' * (pages != 1)}" + (f" and {others} other{'s' * (others != 1)}" if others else "")
    if status.speaking:
        return f"nothing pages, {len(status.speaking)} ticket{'s' * (len(status.speaking) != 1)}"
    return f"none of {status.alarms} alarms speaks" if status.alarms else "there are no alarms: is Monitoring deployed?"


def _alarm(one: Standing, status: Status) -> Iterator[Text]:
    words = words_of(one.description)
    held = f", held back by {one.held_by}" if one.held_by else ""
    style = "red" if one.severity == "page" and not one.held_by else "yellow"
    yield Text(f"{one.severity}: {one.name}, for {span(status.at - one.since)}{held}", style)
    causes = status.causes.get(one.name, ())
    if causes:
        yield Text(f"    because of: {', '.join(f'{each.name} ({span(status.at - each.since)})' for each in causes)}")
    if words.first:
        yield Text(f"    First: {words.first}")


def lanes_table(status: Status) -> Table:
    """What clinicians feel and where it waits, a line for each lane and channel."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name in {"lane", "by"} else "right", no_wrap=True)
    for router in status.routers:
        table.add_row(*_router(router))
        for way in status.ways:
            if way.lane is router.lane:
                table.add_row(*_way(way))
    return table


def _router(router: RouterStanding) -> list[str | Text]:
    return [router.lane, "router", "", _seconds(router.median), _seconds(router.p95), "", *_queue(router.queue)]


def _way(way: WayStanding) -> list[str | Text]:
    return [
        way.lane,
        way.channel,
        Text(_seconds(way.outstanding), "red" if (way.outstanding or 0) > _STALLED[way.lane] else ""),
        _seconds(way.median),
        _seconds(way.p95),
        _canary(way),
        *_queue(way.queue),
    ]


def _canary(way: WayStanding) -> Text | str:
    if way.arrived is None:
        return NOTHING
    return _seconds(way.canary) if way.arrived else Text("lost", "red")


def _queue(queue: QueueStanding) -> list[str | Text]:
    dead = Text(f"{queue.dead:,}", "red") if queue.dead else "0"
    return [f"{queue.waiting:,}", f"{queue.in_flight:,}", _seconds(queue.oldest), dead]


def _below(status: Status) -> Iterator[str]:
    yield "providers, 10 min: " + "; ".join(_provider(one) for one in status.providers)
    yield _escalation(status.escalation)
    yield "directory: " + (
        f"compared with data of {span(timedelta(seconds=status.directory_age))} ago"
        if status.directory_age is not None
        else "no figure"
    )
    yield "last verified backup: " + (
        f"{span(timedelta(hours=status.backup_age))} ago" if status.backup_age is not None else "no figure"
    )
    if status.backup_on_primary:
        yield "A BACKUP RUNS ON THE PRIMARY: docs/runbooks/backup-on-primary.md"
    beside = [f"{name} {count:,}" for name, count in status.beside.items() if count]
    if beside:
        yield f"beside the lanes: {', '.join(beside)}"
    if status.silent:
        yield f"{status.silent} of {status.alarms} alarms have no data to judge by"
    yield from (f"{NOTHING} {note}" for note in missing(status))


def _provider(one: ProviderStanding) -> str:
    demoted = ", DEMOTED" if one.demoted else ""
    if one.calls is None or one.share is None:
        return f"{one.name} no calls{demoted}"
    much = " (!)" if one.share > _MANY_ERRORS else ""
    return f"{one.name} {one.calls:,} calls, {one.share:.1%} not taken over{much}{demoted}"


def _escalation(one: EscalationStanding) -> str:
    still = "nobody says whether ladders stand still" if one.overdue is None else f"{one.overdue} ladders stand still"
    late = (
        "no step in the last hour"
        if one.late is None
        else f"the latest step of the last hour {_seconds(one.late)} late"
    )
    return f"escalation: {still}; {late}; {one.unanswered} not answered"


def missing(status: Status) -> Iterator[str]:
    """What figures are not there, and what that may mean."""
    if gone := [f"{way.lane} {way.channel}" for way in status.ways if way.outstanding is None]:
        yield f"waits: nobody measures {_all(gone, status)}: statline-outstanding does not run, see its log"
    if gone := [f"{way.lane} {way.channel}" for way in status.ways if way.arrived is None]:
        yield f"canary: none was looked for on {_all(gone, status)}: statline-canary does not run, see its log"
    if gone := [f"{way.lane} {way.channel}" for way in status.ways if way.p95 is None]:
        yield f"p50, p95: nothing was accepted lately on {_all(gone, status)}: quiet, or a stall ('waits' says which)"
    if any(queue.oldest is None for queue in status.queues):
        yield "oldest: SQS tells nothing of a queue that is idle for hours, and all else a minute or two late"
    if status.escalation.overdue is None:
        yield "escalation: statline-escalation does not sweep, see its log: docs/runbooks/escalation-late.md"
    if status.directory_age is None:
        yield "directory: there is no database, or statline-reconcile does not run; delivery goes on with what it has"
    if status.backup_age is None:
        yield "last verified backup: there is no database, or statline-backup-watch does not run"


def _all(gone: list[str], status: Status) -> str:
    return "any lane" if len(gone) == len(status.ways) else ", ".join(gone)


def lines(status: Status) -> Iterator[str]:
    """For a watch off a terminal: one line for each moment, and one for each alarm that speaks."""
    stalled = max((way.outstanding or 0.0 for way in status.ways), default=0.0)
    dead = sum(queue.dead for queue in status.queues)
    waiting = sum(queue.waiting for queue in status.queues)
    yield (
        f"{status.at:%Y-%m-%dT%H:%M:%SZ} {status.region} speaking={len(status.speaking)} oldest={stalled:.0f}s"
        f" queued={waiting} dead={dead}"
    )
    for one in status.speaking:
        yield f"{status.at:%Y-%m-%dT%H:%M:%SZ} {one.severity}: {one.name}, for {span(status.at - one.since)}"


def as_json(status: Status) -> Mapping[str, object]:
    """Everything, as data: seconds, hours where the name says so, null where there is no figure."""
    plain = _plain(asdict(status))
    assert isinstance(plain, dict)  # noqa: S101 - asdict of a dataclass
    for one, provider in zip(plain["providers"], status.providers, strict=True):
        one["share_of_errors"] = provider.share
    for group in (plain["speaking"], plain["quiet"], *plain["causes"].values()):
        for one in group:
            words = words_of(one.pop("description"))
            one |= {"means": words.means, "first": words.first, "runbook": words.runbook}
    return plain


def _plain(value: object) -> object:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value


def _seconds(value: float | None) -> str:
    if not value:
        return NOTHING if value is None else "0 s"
    return f"{value:.1f} s" if value < 10 else span(timedelta(seconds=value))  # noqa: PLR2004 - tenths of a minute's wait
