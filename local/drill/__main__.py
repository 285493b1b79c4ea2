"""`python -m local.drill`: the drill of 10 January, on a laptop cloud of its own."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import CloudError, stop
from local.cloud.bring_up import up
from local.cloud.lifecycle import find
from local.cloud.paths import ROOT
from local.cloud.progress import step
from local.databases.server import ServerError
from local.drill.clinic import Clinic, ClinicError
from local.drill.disturbances import DISTURBANCES, Seen, Stage, hear_of_the_dump
from local.drill.figures import Played, Span, faults
from local.drill.on_call import OnCall, listening
from local.drill.picture import draw
from local.drill.plan import ACTS, RATES, Act, Moment
from local.drill.region import DATABASE, PRODUCER, Region, keep_apart
from local.drill.screen import Screen
from local.drill.traffic import Taken, Traffic, arrived
from local.sandbox.client import SandboxClient
from statline.contract.words import Priority

NAME, PORT = "drill", 4866
"""A cloud of its own, far from the usual one's 4566, so that both can run."""
_PICTURE = ROOT / "drill.png"
_ARRIVES_WITHIN = 60.0
_WARM_WITHIN, _STEADY_FOR, _SETTLED = 120.0, 8.0, 1.0
_LOOKS_EVERY = 1.0
_FAILED, _INTERRUPTED = 1, 130


@dataclass(frozen=True, slots=True)
class Options:
    """How the drill is run. seconds: of each act's first and last part, and of what is done by hand in between."""

    seconds: float
    scale: int
    busy: float
    stats: float
    picture: Path
    acts: Sequence[Act]


def main() -> int:
    """Play the acts and print what came of them; 1 when one did not go as it must."""
    options = _options()
    screen = Screen()
    try:
        return _FAILED if _drill(options, screen) else 0
    except (CloudError, ClinicError, ServerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return _FAILED
    except (ClientError, BotoCoreError) as error:
        print(f"error: the laptop cloud did not answer as AWS does: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return _INTERRUPTED
    finally:
        started = find(NAME)
        if started is not None:
            stop(started, forget=True)


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m local.drill", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of each part of an act (%(default)s)")
    parser.add_argument("--scale", type=int, default=10, help="the database: so many times 15 MB (%(default)s)")
    parser.add_argument(
        "--busy", type=float, default=0.2, help="how busy the primary is, of what it can do at most (%(default)s)"
    )
    parser.add_argument(
        "--stats", type=float, default=RATES[Priority.STAT], help="stat notifications a second (%(default)s)"
    )
    parser.add_argument("--picture", type=Path, default=_PICTURE, help="where the picture goes (%(default)s)")
    parser.add_argument(
        "--only", choices=[act.name for act in ACTS], action="append", help="one act; may be given again"
    )
    found = parser.parse_args()
    acts = [act for act in ACTS if not found.only or act.name in found.only]
    return Options(found.seconds, found.scale, found.busy, found.stats, found.picture, acts)


def _drill(options: Options, screen: Screen) -> bool:
    """Play everything, print it, and say whether something went otherwise."""
    region = Region(up(NAME, port=PORT))
    sandbox = SandboxClient(region.cloud.sandbox_url)
    clinic = Clinic(region.port_of_primary(), DATABASE)
    with step(f"Fill the primary with {options.scale * 15} MB, and see what it can do"):
        clinic.furnish(options.scale, options.busy)
    screen.say(f"  The applications ask it {clinic.rate:.0f} times a second: {options.busy:.0%} of that.")
    calls = sandbox.calls()
    mark = calls[-1].seq if calls else 0
    traffic = Traffic(region.client("sqs", PRODUCER), {**RATES, Priority.STAT: options.stats}, run=f"{time.time():.0f}")
    try:
        with clinic.open(), listening(region.client("sns"), region.client("sqs"), region.topic_arn()) as on_call:
            _warm_up(traffic, sandbox, mark)
            keep_apart(region.cloud)
            played = list(_play(options, region, on_call))
            traffic.end()
        with step("Wait for what is still under way"):
            taken = arrived(traffic.sent, sandbox, after=mark, within=_ARRIVES_WITHIN)
        return _tell(options, screen, played, taken, clinic)
    finally:
        traffic.end()
        clinic.forget()


def _warm_up(traffic: Traffic, sandbox: SandboxClient, mark: int) -> None:
    """Functions start, and what waited for them is worked off: until what is sent arrives at once."""
    end = time.monotonic() + _WARM_WITHIN
    with step("Warm up") as report:
        traffic.begin()
        while not _settled(traffic, sandbox, mark):
            if time.monotonic() > end:
                raise CloudError(f"notifications still take more than {_SETTLED:.0f} s after {_WARM_WITHIN:.0f} s")
            report(f"{len(traffic.sent)} sent")
            time.sleep(_LOOKS_EVERY)


def _settled(traffic: Traffic, sandbox: SandboxClient, mark: int) -> bool:
    """Whether everything that was sent in the last seconds, but the very last, has arrived, and soon."""
    now = time.time()
    recent = [one for one in traffic.sent if now - _STEADY_FOR < one.at < now - _SETTLED]
    taken = arrived(recent, sandbox, after=mark, within=_SETTLED)
    return len(recent) >= _STEADY_FOR and all(one.seconds is not None and one.seconds < _SETTLED for one in taken)


def _play(options: Options, region: Region, on_call: OnCall) -> Iterator[Played]:
    for act in options.acts:
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


def _tell(options: Options, screen: Screen, played: Sequence[Played], taken: Sequence[Taken], clinic: Clinic) -> bool:
    answers = clinic.answers
    found = {act.act.name: faults(act, taken, answers) for act in played}
    draw(played, taken, answers, options.picture)
    screen.say()
    screen.table(played, taken, answers)
    screen.say(f"{len(taken)} notifications, {sum(one.seconds is None for one in taken)} of them lost")
    screen.verdicts(found, played, options.picture)
    return any(found.values())


if __name__ == "__main__":
    sys.exit(main())
