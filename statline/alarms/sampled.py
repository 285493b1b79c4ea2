"""The samples of a stretch of history, fetched once for all alarms."""

from collections.abc import Sequence
from dataclasses import dataclass

from statline.alarms.grouping import Grid, Grouped, by_slices, one_by_one
from statline.alarms.model import Figures, MetricKey, Sample
from statline.alarms.plan import Plan


@dataclass(frozen=True, slots=True)
class _Published:
    """A metric's samples in the order of their moments, and the longest time until one was seen."""

    samples: Sequence[Sample]
    moments: Sequence[float]
    delay: float


class Sampled:
    """What the metrics of some alarms published, from as early as the first evaluation looks back."""

    def __init__(self, plans: Sequence[Plan], figures: Figures, first: float, last: float) -> None:
        self.figures = figures
        self._last = last
        self._from: dict[MetricKey, float] = {}
        self._published: dict[MetricKey, _Published] = {}
        for plan in plans:
            earliest = first - plan.range * plan.alarm.period
            for one in plan.measured.values():
                self._from[one.metric] = min(earliest, self._from.get(one.metric, earliest))

    def grouped(self, metric: MetricKey, grid: Grid, *, every: int) -> Grouped:
        """The metric's samples by period. every: seconds between evaluations."""
        found = self._of(metric)
        if grid.period == every:
            return one_by_one(found.samples, found.moments, grid)
        return by_slices(found.samples, found.moments, grid, delay=found.delay)

    def _of(self, metric: MetricKey) -> _Published:
        if metric not in self._published:
            samples = self.figures.samples(metric, self._from[metric], self._last + 1, self._last)
            late = (sample.seen_at - sample.at for sample in samples if sample.seen_at is not None)
            moments = [sample.at for sample in samples]
            self._published[metric] = _Published(samples, moments, max(0.0, max(late, default=0.0)))
        return self._published[metric]
