"""How long a fresh process takes until it is wired, beside botocore with two clients and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from tests.perf.process import Start, start_of
from tests.perf.stub import running_stub
from tests.perf.workloads import bare_botocore, functions, people

ROUNDS = 11
WANTED: Mapping[str, float] = {"router": 1.8, "push": 2.3}
"""The highest ratio to the bare botocore that is wanted."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table: medians, and how many times as long as the bare botocore in the same round.

    low, high: the quartiles of that ratio. Where what is wanted lies between them, one run cannot tell.
    """

    program: str
    milliseconds: float
    cpu_milliseconds: float
    ratio: float
    low: float
    high: float
    cpu_ratio: float
    wanted: float | None


def measure(rounds: int = ROUNDS) -> list[Figures]:
    """Start everything in turn, round by round, so that a noisy moment hits all alike. Raises `MeasureError`."""
    with running_stub() as stub:
        stub.learn(people())
        bare = bare_botocore(stub.url)
        programs = [bare, *functions(stub.url).values()]
        for program in programs:
            start_of(program)  # the files are read from the disk once
        starts: dict[str, list[Start]] = {program.name: [] for program in programs}
        for _ in range(rounds):
            for program in programs:
                starts[program.name].append(start_of(program))
    return [_figures(name, own, starts[bare.name]) for name, own in starts.items()]


def _figures(name: str, own: list[Start], bare: list[Start]) -> Figures:
    pairs = list(zip(own, bare, strict=True))
    ratios = [each.seconds / other.seconds for each, other in pairs]
    low, _, high = quantiles(ratios, n=4)
    return Figures(
        program=name,
        milliseconds=median(start.seconds for start in own) * 1e3,
        cpu_milliseconds=median(start.cpu_seconds for start in own) * 1e3,
        ratio=median(ratios),
        low=low,
        high=high,
        cpu_ratio=median(each.cpu_seconds / other.cpu_seconds for each, other in pairs),
        wanted=WANTED.get(name),
    )
