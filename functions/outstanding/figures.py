"""What is outstanding, as metrics; and in the log the deliveries that on-call should look at."""

from collections.abc import Sequence

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.routing.lanes import LANES
from functions.core.services.outstanding import Found
from statline.contract.words import Channel


class OutstandingFigures:
    """The port `Figures`, for the region's channels."""

    def __init__(self, metrics: EmbeddedMetrics, log: Log, channels: Sequence[Channel]) -> None:
        self._metrics = metrics
        self._log = log
        self._channels = channels

    def outstanding(self, found: Found) -> None:
        """See `Figures.outstanding`. A channel on which nothing waits is a 0: silence is what must alarm."""
        for channel in self._channels:
            seconds = round(found.age(channel).total_seconds(), 3)
            self._metrics.put({Metric.OLDEST_OUTSTANDING: seconds}, lane=found.lane, channel=channel)
            self._name(found, channel)
        if not found.whole:
            self._log.warn("watch list not read to its end", lane=found.lane)

    def _name(self, found: Found, channel: Channel) -> None:
        """Name the oldest delivery once a killed worker's message would have been taken up again."""
        waiting, age = found.oldest.get(channel), found.age(channel)
        if waiting is not None and age > LANES[found.lane].visibility:
            self._log.warn(
                "delivery outstanding",
                trace=waiting.key.trace,
                delivery=waiting.key.id,
                lane=found.lane,
                channel=channel,
                milliseconds=round(age.total_seconds() * 1000),
            )
