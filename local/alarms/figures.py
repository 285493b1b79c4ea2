"""One region's figures as they come, for as long as an alarm may look back."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from statline.alarms.model import MetricKey, Sample

_moment = attrgetter("at")


class Published:
    """The samples of the metrics that somebody asks for, in the order of their moments."""

    def __init__(self) -> None:
        self._samples: dict[MetricKey, list[Sample]] = {}

    def want(self, wanted: Iterable[MetricKey]) -> bool:
        """Keep the samples of these metrics; whether some of them were not kept before."""
        metrics = frozenset(wanted)
        has_all = metrics <= self._samples.keys()
        if not has_all:
            self._samples = {metric: [] for metric in metrics}
        return not has_all

    def clear(self) -> None:
        """Drop every sample."""
        self.forget(math.inf)

    def add(self, came: Mapping[MetricKey, Iterable[Sample]]) -> None:
        """Take what came; what nobody asks for is left out."""
        for metric in came.keys() & self._samples.keys():
            for sample in came[metric]:
                insort(self._samples[metric], sample, key=_moment)

    def forget(self, before: float) -> None:
        """Drop the samples of earlier moments (seconds of the epoch)."""
        for samples in self._samples.values():
            del samples[: bisect_left(samples, before, key=_moment)]

    def samples(self, metric: MetricKey, start: float, end: float, now: float) -> Sequence[Sample]:
        """The samples with ``start <= at < end``. All that came is seen: `now` is not asked for."""
        del now
        found = self._samples.get(metric, [])
        return found[bisect_left(found, start, key=_moment) : bisect_left(found, end, key=_moment)]
