"""Plays one live drill: before, during, after, with ears on both topics, and says what came of it."""

import time
from dataclasses import dataclass
from pathlib import Path

from local.cloud.progress import Report, step
from local.drill.ground import warm_up
from local.drill.live.hearing import Hearing
from local.drill.live.judging import Run, faults, unheard, unrested
from local.drill.live.pacing import Watch, goes_on, is_watched
from local.drill.live.picture import draw
from local.drill.live.plan import Drill, Scene
from local.drill.live.screen import Screen
from local.drill.measuring import Moment, Span, clock
from local.drill.phones import Phones
from local.drill.region import PRODUCER, Region
from local.drill.resting import await_rest
from local.drill.traffic import Traffic
from local.on_call import listening
from local.sandbox.client import SandboxClient


@dataclass(frozen=True, slots=True)
class Options:
    """How a drill is run. seconds: of the parts before and after; until_rest: after goes on until the alarms rest."""

    seconds: float
    picture: Path
    until_rest: bool = False


def play(drill: Drill, options: Options, region: Region, screen: Screen) -> bool:
    """Play a drill, print what came of it, and say whether all went as it must."""
    sandbox = SandboxClient(region.cloud.sandbox_url)
    sandbox.clear_modes()
    phones = Phones.since_now(sandbox)
    traffic = Traffic(region.client("sqs", PRODUCER), drill.streams, run=f"{time.time():.0f}")
    try:
        with listening(region.client("sns"), region.client("sqs"), region.topics()) as on_call:
            warm_up(traffic, phones)
            hearing = Hearing(region, on_call)
            hearing.begin(await_rest(region, on_call, known=[one.alarm for one in drill.must]))
            run = _run(drill, options, Scene(region, sandbox, traffic, phones, lambda _: None), hearing)
    finally:
        traffic.end()
    found = faults(run)
    draw(run, options.picture)
    screen.tell(run, found, options.picture)
    return not found


def _run(drill: Drill, options: Options, scene: Scene, hearing: Hearing) -> Run:
    before = _quiet(options.seconds, hearing)
    began = time.time()
    with step(drill.title) as report:
        with drill.disturbance(_reporting(scene, report)):
            _hold(drill, began, hearing, report)
        ended = time.time()
    _await_rest(drill, options, ended, hearing)
    scene.traffic.end()
    after = Span(Moment.AFTER, ended, time.time())
    with step("Wait for what is still under way"):
        taken = scene.phones.await_all(scene.traffic.sent, drill.arrives_within)
    return Run(
        drill,
        (before, Span(Moment.DURING, began, ended), after),
        hearing.heard,
        taken,
        tuple(scene.notes),
        tuple(scene.faults),
        scene.phones.repeated(scene.traffic.sent),
        options.until_rest,
    )


def _reporting(scene: Scene, report: Report) -> Scene:
    """The scene, its notes the same, with somebody who hears what is under way."""
    return Scene(scene.region, scene.sandbox, scene.traffic, scene.phones, report, scene.notes, scene.faults)


def _quiet(seconds: float, hearing: Hearing) -> Span:
    began = time.time()
    with step(f"Before: {seconds:.0f} s of nothing"):
        while time.time() < began + seconds:
            hearing.listen()
    return Span(Moment.BEFORE, began, time.time())


def _hold(drill: Drill, began: float, hearing: Hearing, report: Report) -> None:
    """Let it go on for its time, and then until all that must speak has spoken, or its time for that is over."""
    while goes_on(drill, hearing.heard, began=began, now=time.time()):
        silent = unheard(drill.must, hearing.heard, began)
        waits = f"waits for {silent[0].alarm!r}" if silent else "nothing more must speak"
        report(f"{clock(time.time() - began)}, {waits}")
        hearing.listen()


def _await_rest(drill: Drill, options: Options, ended: float, hearing: Hearing) -> None:
    watch = Watch(options.seconds, options.until_rest)
    with step("After") as report:
        while is_watched(drill, hearing.heard, watch, ended=ended, now=time.time()):
            loud = unrested(drill.must, hearing.heard)
            report(f"{len(loud)} alarms still speak" if loud else "all rests")
            hearing.listen()
