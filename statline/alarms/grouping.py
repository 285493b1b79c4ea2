"""Which samples belong to which period, and how old the period is when they are seen."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from statline.alarms.model import Sample


@dataclass(frozen=True, slots=True)
class Grid:
    """Periods that follow each other. first: when the first begins. oldest: the greatest age at which one is seen."""

    first: float
    period: int
    periods: int
    oldest: int

    @property
    def starts(self) -> list[float]:
        """When each period begins."""
        return [self.first + index * self.period for index in range(self.periods)]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A period whose samples are not all seen at the same age. head: seen at once. tail: the others, with the ages."""

    head: Sequence[Sample]
    tail: Sequence[tuple[int, Sample]]

    def seen(self, age: int) -> list[Sample]:
        """What is seen at an age."""
        return [*self.head, *(sample for known, sample in self.tail if known <= age)]


@dataclass(frozen=True, slots=True)
class Grouped:
    """The samples of each period, and the age at which they are seen; `mixed` has the periods where that differs."""

    samples: list[Sequence[Sample]]
    ages: list[int]
    mixed: dict[int, Mixed] = field(default_factory=dict)

    @property
    def all_ages(self) -> list[int]:
        """Every age at which something is seen, 0 first."""
        return sorted({0, *self.ages, *(age for one in self.mixed.values() for age, _ in one.tail)})


def one_by_one(samples: Sequence[Sample], moments: Sequence[float], grid: Grid) -> Grouped:
    """The groups of short periods. samples, moments: in the order of their moments."""
    groups: list[list[Sample]] = [[] for _ in range(grid.periods)]
    ages = [0] * grid.periods
    differing: set[int] = set()
    first, period = grid.first, grid.period
    end = first + grid.periods * period
    for sample in samples[bisect_left(moments, first) : bisect_left(moments, end)]:
        place = int((sample.at - first) // period)
        age = _age(sample, first + (place + 1) * period, period)
        if not groups[place]:
            ages[place] = age
        elif age != ages[place]:
            differing.add(place)
        groups[place].append(sample)
    mixed = {place: Mixed((), _aged(groups[place], first + (place + 1) * period, period)) for place in differing}
    return Grouped(list(groups), ages, mixed)


def by_slices(samples: Sequence[Sample], moments: Sequence[float], grid: Grid, *, delay: float) -> Grouped:
    """The same for long periods, which have many samples and are asked for at each turn.

    delay: no sample is seen later than this after its moment, so only the last of a period have to be looked at.
    """
    grouped = Grouped([], [])
    for place, (start, end) in enumerate(_bounds(grid)):
        low, high = bisect_left(moments, start), bisect_left(moments, end)
        cut = min(max(low, bisect_right(moments, end - delay)), high)
        tail = _aged(samples[cut:high], end, grid.period)
        found = {age for age, _ in tail} | ({0} if cut > low else set())
        grouped.samples.append(samples[low:high])
        grouped.ages.append(min(found, default=0))
        if len(found) > 1:
            grouped.mixed[place] = Mixed(samples[low:cut], tail)
    return grouped


def _bounds(grid: Grid) -> Iterator[tuple[float, float]]:
    return ((start, start + grid.period) for start in grid.starts)


def _aged(samples: Sequence[Sample], ended: float, period: int) -> list[tuple[int, Sample]]:
    return [(_age(sample, ended, period), sample) for sample in samples]


def _age(sample: Sample, ended: float, period: int) -> int:
    """How old a sample's period is when an evaluation first sees it: 0 where that is at once."""
    seen_at = sample.seen_at
    return 0 if seen_at is None or seen_at <= ended else -int((ended - seen_at) // period)
