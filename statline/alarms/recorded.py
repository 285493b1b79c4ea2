"""Figures that are already there: a history from a file, a test's, the laptop's last hours."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from statline.alarms.model import MetricKey, Sample

_moment = attrgetter("at")


class Recorded:
    """Figures in memory. A metric that nobody published has no samples; that is no error."""

    def __init__(self, samples: Mapping[MetricKey, Iterable[Sample]]) -> None:
        self._samples = {metric: sorted(found, key=_moment) for metric, found in samples.items()}

    def samples(self, metric: MetricKey, start: float, end: float, now: float) -> Sequence[Sample]:
        """The samples with ``start <= at < end`` that are seen at ``now``, in the order of their moments."""
        found = self._samples.get(metric, [])
        within = found[bisect_left(found, start, key=_moment) : bisect_left(found, end, key=_moment)]
        return [sample for sample in within if (sample.at if sample.seen_at is None else sample.seen_at) <= now]
