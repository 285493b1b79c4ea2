"""The port `Report`: metrics for the alarms, and a line in the log for each canary that was lost."""

from collections.abc import Sequence

from functions.canary.seeing import Seen
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.errors import StatlineError


class CanaryReport:
    """Says what became of canaries."""

    def __init__(self, metrics: EmbeddedMetrics, log: Log) -> None:
        self._metrics = metrics
        self._log = log

    def saw(self, seen: Sequence[Seen]) -> None:
        """See `Report.saw`. One figure for each lane and channel, whatever became of it."""
        for each in seen:
            self._measure(each)
            if not each.arrived:
                self._tell_lost(each)
        self._log.write("canaries seen", count=len(seen), failed=sum(not each.arrived for each in seen))

    def failed(self, what: StatlineError) -> None:
        """See `Report.failed`."""
        self._log.warn("beside the canaries", error=type(what).__name__)

    def _measure(self, seen: Seen) -> None:
        figures = {Metric.CANARY_ARRIVED: 1.0 if seen.arrived else 0.0}
        if seen.arrived:
            figures[Metric.CANARY_SECONDS] = round(seen.seconds, 3)
        self._metrics.put(figures, lane=seen.canary.lane, channel=seen.canary.channel)
        if seen.canary.real:
            # Among four a minute a real one is lost unseen, and for a call it is the only one that asks the provider.
            lost = 0.0 if seen.arrived else 1.0
            self._metrics.put({Metric.REAL_CANARIES_LOST: lost}, channel=seen.canary.channel)

    def _tell_lost(self, seen: Seen) -> None:
        key, record = seen.canary.key, seen.record
        self._log.warn(
            "canary lost",
            trace=key.trace,
            delivery=key.id,
            lane=seen.canary.lane,
            channel=seen.canary.channel,
            kind="real" if seen.canary.real else "rehearsed",
            state=record.state if record else "(none)",
            reason=record.reason if record else "",
        )
