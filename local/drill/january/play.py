"""Plays the three acts, one after the other, with notifications flowing and the primary at work."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.constructs.alarms.wholes import AT_REST_FOR_BACKUPS
from local.cloud.progress import step
from local.drill.ground import warm_up
from local.drill.january.clinic import Clinic
from local.drill.january.disturbances import DISTURBANCES, Seen, Stage, hear_of_the_dump
from local.drill.january.figures import Played, faults
from local.drill.january.picture import draw
from local.drill.january.plan import Act
from local.drill.january.screen import Screen
from local.drill.measuring import Moment, Span
from local.drill.phones import Phones
from local.drill.region import DATABASE, PRODUCER, Region, keep_apart
from local.drill.resting import await_rest
from local.drill.traffic import RATES, Taken, Traffic, usual
from local.on_call import OnCall, Word, listening
from local.sandbox.client import SandboxClient
from statline.contract.words import Priority

_ARRIVES_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """How the drill is run. seconds: of each act's first and last part, and of what is done by hand in between.

    scale: the database, times 15 MB. busy: how busy the primary is, of what it can do. stats: notifications a second.
    """

    seconds: float
    scale: int
    busy: float
    stats: float
    picture: Path
    acts: Sequence[Act]


def play(options: Options, region: Region, screen: Screen) -> bool:
    """Play everything, print it, and say whether all went as it must."""
    clinic = Clinic(region.port_of_primary(), DATABASE)
    with step(f"Fill the primary with {options.scale * 15} MB, and see what it can do"):
        clinic.furnish(options.scale, options.busy)
    screen.say(f"  The applications ask it {clinic.rate:.0f} times a second: {options.busy:.0%} of that.")
    phones = Phones.since_now(SandboxClient(region.cloud.sandbox_url))
    rates = {**RATES, Priority.STAT: options.stats}
    traffic = Traffic(region.client("sqs", PRODUCER), usual(rates), run=f"{time.time():.0f}")
    try:
        with clinic.open(), listening(region.client("sns"), region.client("sqs"), region.topics()) as on_call:
            warm_up(traffic, phones)
            keep_apart(region.cloud)
            on_call.heard.clear()
            played = list(_play(options, region, on_call))
            on_call.listen()
            traffic.end()
        with step("Wait for what is still under way"):
            taken = phones.await_all(traffic.sent, _ARRIVES_WITHIN)
        return not _tell(options, screen, played, taken, clinic, heard=on_call.heard)
    finally:
        traffic.end()
        clinic.forget()


def _play(options: Options, region: Region, on_call: OnCall) -> Iterator[Played]:
    for act in options.acts:
        # A backup is not begun, and one that runs is halted, while an alarm on delivery or the database speaks.
        await_rest(region, on_call, only=AT_REST_FOR_BACKUPS)
        before = _quiet(Moment.BEFORE, act, options.seconds)
        begin = time.time()
        with step(act.title) as report:
            stage = Stage(region, on_call, options.seconds, report)
            seen = DISTURBANCES[act.name](stage)
        during = Span(Moment.DURING, begin, seen.over or time.time())
        after = _quiet(Moment.AFTER, act, options.seconds)
        told = _told(act, stage, begin)
        yield Played(act, (before, during, after), (*seen.notes, *told.notes), told.spoke)


def _told(act: Act, stage: Stage, began: float) -> Seen:
    """What on-call must hear of an act; nothing of most."""
    if act.name != "dump":
        return Seen(())
    with step("Listen to what on-call is told"):
        return hear_of_the_dump(stage, began)


def _quiet(moment: Moment, act: Act, seconds: float) -> Span:
    begin = time.time()
    with step(f"{act.title}: {moment}"):
        time.sleep(seconds)
    return Span(moment, begin, time.time())


def _tell(
    options: Options,
    screen: Screen,
    played: Sequence[Played],
    taken: Sequence[Taken],
    clinic: Clinic,
    *,
    heard: Sequence[Word],
) -> bool:
    answers = clinic.answers
    found = {act.act.name: faults(act, taken, answers) for act in played}
    draw(played, taken, answers, heard, options.picture)
    screen.say()
    screen.table(played, taken, answers)
    screen.say(f"{len(taken)} notifications, {sum(one.seconds is None for one in taken)} of them lost")
    screen.heard(played, heard)
    screen.verdicts(found, played, options.picture)
    return any(found.values())
