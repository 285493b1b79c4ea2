"""Database load: sessions at work, on average over the samples of a time."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from local.insights.dimensions import Grouping, Key, fits
from local.insights.sessions import Sample, Session

Filter = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """A time in whole periods, in seconds of the epoch."""

    start: int
    end: int
    period: int


def aligned(start: float, end: float, period: int) -> Span:
    """The whole periods that a time touches."""
    return Span(int(start // period * period), int(-(-end // period) * period), period)


def average(samples: Sequence[Sample], wanted: Filter) -> float:
    """The load by the sessions that fit. 0 without samples."""
    return sum(1 for session in _sessions(samples, wanted)) / len(samples) if samples else 0.0


def busiest(samples: Sequence[Sample], grouping: Grouping, wanted: Filter) -> list[tuple[Key, float]]:
    """The load of each group, the busiest first."""
    counted = Counter(grouping.key_of(session) for session in _sessions(samples, wanted))
    # Groups with the same load always come in the same order, so that pages of them fit together.
    ordered = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(key, seen / len(samples)) for key, seen in ordered[: grouping.limit]]


def by_period(samples: Sequence[Sample], span: Span, wanted: Filter) -> list[tuple[int, float]]:
    """When each period begins that was sampled, and its load. The samples are in the order of time."""
    periods = groupby(samples, lambda sample: sample.second - (sample.second - span.start) % span.period)
    return [(start, average(list(taken), wanted)) for start, taken in periods]


def _sessions(samples: Sequence[Sample], wanted: Filter) -> Iterator[Session]:
    return (session for sample in samples for session in sample.sessions if fits(wanted, session))
