"""What the simulated region published, kept small: a month is some million figures."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from statline.alarms.model import MetricKey, Sample
from statline.drills.publication import delay_of


class Series:
    """The figures of one metric, in the order of their moments. delay: seconds until one is seen."""

    __slots__ = ("at", "delay", "value", "weight")

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.at = array("d")
        self.value = array("d")
        self.weight = array("d")

    def add(self, at: float, value: float, weight: float = 1.0) -> None:
        """Publish one figure, ``weight`` times. Not earlier than the one before."""
        self.at.append(at)
        self.value.append(value)
        self.weight.append(weight)

    def add_all(self, at: float, values: Sequence[float], weight: float) -> None:
        """Publish several figures of one moment."""
        self.at.extend([at] * len(values))
        self.value.extend(values)
        self.weight.extend([weight] * len(values))


class History:
    """Every figure that somebody asked for. It is what alarms are evaluated on.

    wanted: the metrics that are kept. What nobody reads is not written down.
    """

    def __init__(self, wanted: Iterable[MetricKey]) -> None:
        self._series: Mapping[MetricKey, Series] = {key: Series(delay_of(key.namespace)) for key in wanted}
        self._known: set[MetricKey] = set()

    def series(self, key: MetricKey) -> Series | None:
        """Where the figures of a metric go; None where nobody reads them. Whoever asks publishes them."""
        self._known.add(key)
        return self._series.get(key)

    @property
    def unpublished(self) -> frozenset[MetricKey]:
        """What is read and what nothing in the simulated region publishes."""
        return frozenset(self._series) - self._known

    def samples(self, metric: MetricKey, start: float, end: float, now: float) -> Sequence[Sample]:
        """The samples with ``start <= at < end`` that CloudWatch shows at ``now``, in the order of their moments."""
        found = self._series.get(metric)
        if found is None:
            return ()
        delay = found.delay
        at, value, weight = found.at, found.value, found.weight
        first = bisect_left(at, start)
        last = min(bisect_left(at, end, first), bisect_right(at, now - delay))
        return [Sample(at[one], value[one], weight[one], at[one] + delay) for one in range(first, last)]
