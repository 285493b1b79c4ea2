"""CloudWatch's statistics over the samples of one period.

Source: "CloudWatch statistics definitions" in the user guide (Statistics-definitions). A percentile is the
nearest rank: the page calls p99 "the maximum value of the remaining 99 %", which tm99 is the average of. CloudWatch
does not publish how it approximates percentiles of many samples.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from types import MappingProxyType

from statline.alarms.errors import UnknownStatisticError
from statline.alarms.model import Sample
from statline.alarms.trimming import TRIMMED, Bounds, average, count, percentile, total

Samples = Sequence[Sample]
Compute = Callable[[Samples], float | None]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic.

    of: its value over a period's samples, None where there is none. lone: the same for a period with a single sample.
    percentile: 0 to 100 for ``pNN``, which alarms can ask to ignore where samples are few.
    """

    name: str
    of: Compute
    lone: Callable[[Sample], float | None]
    percentile: float | None = None

    @property
    def fewest(self) -> float:
        """With fewer samples than this a percentile says little, by CloudWatch's rule; 0 for what is no percentile."""
        if self.percentile is None:
            return 0
        share = self.percentile / 100
        rarer = share if share < _MEDIAN else 1 - share
        return round(10 / rarer, 6) if rarer else 0


_MEDIAN = 0.5
_value = attrgetter("value")
_weight = attrgetter("weight")


def _minimum(samples: Samples) -> float | None:
    return min(map(_value, samples), default=None)


def _maximum(samples: Samples) -> float | None:
    return max(map(_value, samples), default=None)


def _product(sample: Sample) -> float:
    return sample.value * sample.weight


SIMPLE: Mapping[str, Statistic] = MappingProxyType(
    {
        one.name: one
        for one in (
            Statistic("SampleCount", count, _weight),
            Statistic("Sum", total, _product),
            Statistic("Average", average, _value),
            Statistic("Minimum", _minimum, _value),
            Statistic("Maximum", _maximum, _value),
        )
    }
)
_NUMBER = r"\d+(?:\.\d{1,10})?"
_PERCENTILE = re.compile(rf"[pP]({_NUMBER})")
_SHORT = re.compile(rf"(tm|tc|ts|wm)({_NUMBER})")
_RANGE = re.compile(rf"(TM|TC|TS|WM|PR)\(({_NUMBER}%?)?:({_NUMBER}%?)?\)")
_WHOLE = 100


@cache
def statistic_of(name: str) -> Statistic:
    """The statistic that CloudWatch calls `name`: ``Sum``, ``p99.9``, ``tm90``, ``TM(2%:98%)``, ``PR(:300)``, ``IQM``.

    Raises UnknownStatisticError.
    """
    if name in SIMPLE:
        return SIMPLE[name]
    if found := _PERCENTILE.fullmatch(name):
        return _percentile(name, float(found[1]))
    if found := _SHORT.fullmatch(name):
        return _trimmed(name, found[1].upper(), Bounds(None, float(found[2]), share=True))
    if name == "IQM":
        return _trimmed(name, "TM", Bounds(25.0, 75.0, share=True))
    if found := _RANGE.fullmatch(name):
        return _trimmed(name, found[1], _bounds(name, found[2], found[3]))
    raise UnknownStatisticError(
        f"{name!r} is no statistic of CloudWatch: it is one of {', '.join(SIMPLE)}, p0 to p100, IQM,"
        " or TM, TC, TS, WM or PR with a range, such as TM(10%:90%)"
    )


def _percentile(name: str, share: float) -> Statistic:
    if share > _WHOLE:
        raise UnknownStatisticError(f"{name!r} is no percentile: the number is more than 100")

    def of(samples: Samples) -> float | None:
        return percentile(samples, share)

    return Statistic(name, of, _alone(of), percentile=share)


def _trimmed(name: str, kind: str, bounds: Bounds) -> Statistic:
    compute = TRIMMED[kind]

    def of(samples: Samples) -> float | None:
        return compute(samples, bounds)

    return Statistic(name, of, _alone(of))


def _alone(of: Compute) -> Callable[[Sample], float | None]:
    return lambda sample: of((sample,))


def _bounds(name: str, low: str | None, high: str | None) -> Bounds:
    shares = {bound.endswith("%") for bound in (low, high) if bound}
    if len(shares) != 1:
        raise UnknownStatisticError(f"{name!r}: give one or two bounds, both as percentages or both as values")
    share = shares.pop()
    if share and name.startswith("PR"):
        raise UnknownStatisticError(f"{name!r}: a percentile rank is bounded by values, not by percentages")
    return Bounds(_number(low), _number(high), share=share)


def _number(bound: str | None) -> float | None:
    return float(bound.rstrip("%")) if bound else None
