"""Percentiles, and the statistics that leave out the ends of a period's samples.

A sample with a weight counts as that many samples. By percentages, what lies above the lower percentile and not above
the upper one is in; by values, what is above the lower value and not above the upper one ("includes values equal to the
higher boundary, but does not include values equal to the lower boundary"). A period with a negative value has none of
these statistics, as CloudWatch says.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType

from statline.alarms.model import Sample

Samples = Sequence[Sample]
_SLACK = 1e-9
_value = attrgetter("value")


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where. share: the numbers are percentages of the samples, else values. None: no bound there."""

    low: float | None
    high: float | None
    share: bool


def count(samples: Samples) -> float | None:
    """How many samples, weights counted."""
    return sum(sample.weight for sample in samples) or None


def total(samples: Samples) -> float | None:
    """The sum of all values."""
    return sum(sample.value * sample.weight for sample in samples) if samples else None


def average(samples: Samples) -> float | None:
    """The sum by the count; of one sample its value, untouched by rounding."""
    if len(samples) == 1:
        return samples[0].value
    weight = count(samples)
    return None if weight is None else sum(sample.value * sample.weight for sample in samples) / weight


def percentile(samples: Samples, share: float) -> float | None:
    """The smallest value that at least `share` percent of the samples do not exceed; None where there is none."""
    if not samples or _negative(samples):
        return None
    ordered = sorted(samples, key=_value)
    rank = share / 100 * sum(sample.weight for sample in ordered)
    reached = 0.0
    for sample in ordered:
        reached += sample.weight
        if reached >= rank - _SLACK:
            return sample.value
    return ordered[-1].value


def _trimmed_count(samples: Samples, bounds: Bounds) -> float | None:
    return None if _unusable(samples) else sum(weight for _, weight in _within(samples, bounds))


def _trimmed_sum(samples: Samples, bounds: Bounds) -> float | None:
    return None if _unusable(samples) else sum(value * weight for value, weight in _within(samples, bounds))


def _trimmed_mean(samples: Samples, bounds: Bounds) -> float | None:
    inside = _trimmed_count(samples, bounds)
    trimmed = _trimmed_sum(samples, bounds)
    return trimmed / inside if inside and trimmed is not None else None


def _rank(samples: Samples, bounds: Bounds) -> float | None:
    inside, whole = _trimmed_count(samples, bounds), count(samples)
    return None if inside is None or whole is None else 100 * inside / whole


def _winsorized_mean(samples: Samples, bounds: Bounds) -> float | None:
    if _unusable(samples):
        return None
    low, high = _edges(samples, bounds)
    return average([Sample(one.at, min(max(one.value, low), high), one.weight) for one in samples])


TRIMMED: Mapping[str, Callable[[Samples, Bounds], float | None]] = MappingProxyType(
    {"TM": _trimmed_mean, "TC": _trimmed_count, "TS": _trimmed_sum, "PR": _rank, "WM": _winsorized_mean}
)


def _edges(samples: Samples, bounds: Bounds) -> tuple[float, float]:
    lowest, highest = min(map(_value, samples)), max(map(_value, samples))
    if not bounds.share:
        return lowest if bounds.low is None else bounds.low, highest if bounds.high is None else bounds.high
    low = None if bounds.low is None else percentile(samples, bounds.low)
    high = None if bounds.high is None else percentile(samples, bounds.high)
    return lowest if low is None else low, highest if high is None else high


def _within(samples: Samples, bounds: Bounds) -> Iterator[tuple[float, float]]:
    """What is inside, as values and how often each is."""
    if bounds.share:
        return _between_ranks(samples, bounds.low or 0.0, 100.0 if bounds.high is None else bounds.high)
    low = float("-inf") if bounds.low is None else bounds.low
    high = float("inf") if bounds.high is None else bounds.high
    return ((one.value, one.weight) for one in samples if low < one.value <= high)


def _between_ranks(samples: Samples, low: float, high: float) -> Iterator[tuple[float, float]]:
    ordered = sorted(samples, key=_value)
    whole = sum(sample.weight for sample in ordered)
    first, last = _whole_rank(low / 100 * whole, up=False), _whole_rank(high / 100 * whole, up=True)
    reached = 0.0
    for sample in ordered:
        inside = min(reached + sample.weight, last) - max(reached, first)
        reached += sample.weight
        if inside > 0:
            yield sample.value, inside


def _whole_rank(rank: float, *, up: bool) -> float:
    """Samples are left out whole: the upper percentile's own sample is in, so that p99 is the greatest of tm99."""
    return float(-((-rank + _SLACK) // 1)) if up else float((rank + _SLACK) // 1)


def _unusable(samples: Samples) -> bool:
    return not samples or _negative(samples)


def _negative(samples: Samples) -> bool:
    return any(sample.value < 0 for sample in samples)
