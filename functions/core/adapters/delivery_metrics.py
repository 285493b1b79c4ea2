"""What a channel function measures of a batch: how long it took to acceptance, and what the provider answered.

A line for each lane of the batch, which is one, and a line for the provider: nothing that grows with every delivery but
a number.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from functions.core.adapters.embedded_metrics import EmbeddedMetrics, Metric, seconds_since
from functions.core.domain.outcomes import REHEARSED, Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.services.deliver import Verdict
from statline.contract.words import Channel, Priority

_COUNTED_AS: Mapping[type[Outcome], Metric] = {
    Accepted: Metric.PROVIDER_ACCEPTED,
    RetryLater: Metric.PROVIDER_PUT_OFF,
    NeverRetry: Metric.PROVIDER_REFUSED,
    Unknown: Metric.PROVIDER_UNKNOWN,
}


class DeliveryMetrics:
    """Writes the metrics of the function that serves ``channel`` by ``provider``."""

    def __init__(self, metrics: EmbeddedMetrics, channel: Channel, provider: str) -> None:
        self._metrics = metrics
        self._channel = channel
        self._provider = provider

    def verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Say what came of the calls among these. A kind of answer that did not occur is not mentioned."""
        called = [(verdict.delivery, verdict.answered) for verdict in verdicts if verdict.answered is not None]
        accepted: dict[Priority, list[float]] = {}
        for delivery, answered in called:
            if isinstance(answered.outcome, Accepted):
                accepted.setdefault(delivery.priority, []).append(seconds_since(delivery.sent_at, answered.at))
        for lane, seconds in accepted.items():
            self._metrics.put({Metric.ACCEPTED_SECONDS: seconds}, lane=lane, channel=self._channel)
        asked = [answered.outcome for _, answered in called if answered.outcome != REHEARSED]
        self._metrics.put(Counter(_COUNTED_AS[type(outcome)] for outcome in asked), provider=self._provider)
