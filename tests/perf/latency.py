"""How long a notification takes on the laptop cloud: each lane at idle, and stat while a flood of routine waits.

Beside it the same flood through a single queue: probes that stand behind the flood in its own queue. They may take
longer than a benchmark should; then their time is estimated from how fast the flood is worked off.

That stand-in is slower than a real single queue, which would have the concurrency of all lanes and not routine's alone:
the ratio to it flatters the lanes, on the laptop's config by at most the factor 4 (8 workers for 2).
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from local.cloud.progress import step
from statline.contract.words import Priority
from tests.perf import flood
from tests.perf.laptop import Bench, bench_cloud
from tests.perf.probes import Probe, latencies, newest_call, send

PROBES = 100
WARM_UP = 8
IDLE_WITHIN, FLOODED_WITHIN, SINGLE_WITHIN = 120.0, 180.0, 90.0
"""Seconds: for a lane's probes at idle; for stat's in the flood; for those behind it, from when it is let go."""
BEHIND = 10
"""How many probes stand behind the flood."""
WANTED_TO_IDLE, WANTED_TO_SINGLE = 3.0, 0.01
SINGLE_QUEUE = "stat, were there a single queue"


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table, in milliseconds. ``note`` says under what and how it was found."""

    what: str
    probes: int
    p50_ms: float
    p99_ms: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """All lines, and the two ratios of stat's p99 in the flood that something is wanted of."""

    lines: tuple[Figures, ...]
    to_idle: float
    to_single: float


def measure() -> Result:
    """Bring a cloud up, measure, take it down. Raises `CloudError`, `TimeoutError`."""
    with bench_cloud() as bench:
        idle = [_at_idle(bench, lane) for lane in reversed(Priority)]
        flooded, single = _in_a_flood(bench, flood.wanted_size())
    stat = idle[0]
    return Result((*idle, flooded, single), flooded.p99_ms / stat.p99_ms, flooded.p99_ms / single.p99_ms)


def _at_idle(bench: Bench, lane: Priority) -> Figures:
    with step(f"{PROBES} probes on the {lane} lane, nothing else under way"):
        latencies(bench, lane, WARM_UP, within=IDLE_WITHIN)
        return _figures(f"{lane} at idle", latencies(bench, lane, PROBES, within=IDLE_WITHIN))


def _in_a_flood(bench: Bench, size: int) -> tuple[Figures, Figures]:
    mark = newest_call(bench)
    try:
        with step(f"Queue {size} routine messages") as report, flood.held_back(bench):
            flood.fill(bench, size, report)
            queue = bench.ingress(Priority.ROUTINE)
            behind = [send(bench, queue, Priority.ROUTINE) for _ in range(BEHIND)]
        released = time.time()
        with step(f"{PROBES} probes on the stat lane in the flood"):
            seconds = latencies(bench, Priority.STAT, PROBES, within=FLOODED_WITHIN)
        flooded = _figures("stat in the flood", seconds, f"of {size} routine messages, {flood.depth(bench)} were left")
        with step("Wait for the probes behind the flood"):
            arrived = _await_all(bench, behind, mark, until=released + SINGLE_WITHIN)
        if len(arrived) == len(behind):
            return flooded, _figures(SINGLE_QUEUE, [moment - released for moment in arrived], "measured")
        return flooded, _estimated(size, size - flood.depth(bench), time.time() - released)
    finally:
        flood.drain(bench)


def _await_all(bench: Bench, probes: Sequence[Probe], mark: int, until: float) -> list[float]:
    """When the probes reached FCM, once all of them have or the time is over."""
    wanted = {probe.push for probe in probes}
    arrived: list[float] = []
    while len(arrived) < len(probes) and time.time() < until:
        calls = bench.sandbox.calls(mark, wait_seconds=2)
        arrived += [call.received_at for call in calls if call.message_id in wanted]
        mark = calls[-1].seq if calls else mark
        time.sleep(0.5)
    return arrived


def _estimated(size: int, worked_off: int, seconds: float) -> Figures:
    """What the last one of a flood waits, from how much of it was worked off in some seconds."""
    rate = worked_off / seconds
    whole = size / max(rate, 0.001) * 1e3
    return Figures(SINGLE_QUEUE, 0, whole, whole, f"estimated: {worked_off} of {size} in {seconds:.0f} s")


def _figures(what: str, seconds: Sequence[float], note: str = "") -> Figures:
    in_order = sorted(seconds)
    last = in_order[math.ceil(0.99 * len(in_order)) - 1]
    return Figures(what, len(in_order), median(in_order) * 1e3, last * 1e3, note)
