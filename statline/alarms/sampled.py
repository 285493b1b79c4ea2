"""The samples of a stretch of history, fetched once for all alarms."""

from collections.abc import Sequence

from statline.alarms.model import Figures, MetricKey, Sample
from statline.alarms.plan import Plan


class Sampled:
    """What the metrics of some alarms published, from as early as the first evaluation looks back."""

    def __init__(self, plans: Sequence[Plan], figures: Figures, first: float, last: float) -> None:
        self.figures = figures
        self._last = last
        self._from: dict[MetricKey, float] = {}
        self._samples: dict[MetricKey, Sequence[Sample]] = {}
        for plan in plans:
            earliest = first - plan.range * plan.alarm.period
            for one in plan.measured.values():
                self._from[one.metric] = min(earliest, self._from.get(one.metric, earliest))

    def of(self, metric: MetricKey) -> Sequence[Sample]:
        """The metric's samples that are seen by the end of the stretch, in the order of their moments."""
        if metric not in self._samples:
            self._samples[metric] = self.figures.samples(metric, self._from[metric], self._last + 1, self._last)
        return self._samples[metric]
