"""What a channel function measures of a batch: how long it took to acceptance, and what the provider answered.

A line for each lane of the batch, which is one, and a line for each provider: nothing that grows with every delivery
but a number.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric, seconds_since
from functions.core.domain.delivering.outcomes import REHEARSED, Accepted, NeverRetry, Outcome, RetryLater, Unknown
from functions.core.services.verdicts import Answered, Verdict
from statline.contract.words import Channel, Priority

_COUNTED_AS: Mapping[type[Outcome], Metric] = {
    Accepted: Metric.PROVIDER_ACCEPTED,
    RetryLater: Metric.PROVIDER_PUT_OFF,
    NeverRetry: Metric.PROVIDER_REFUSED,
    Unknown: Metric.PROVIDER_UNKNOWN,
}


class DeliveryMetrics:
    """Writes the metrics of the function that serves ``channel``."""

    def __init__(self, metrics: EmbeddedMetrics, channel: Channel) -> None:
        self._metrics = metrics
        self._channel = channel

    def verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Say what came of the calls among these. A kind of answer that did not occur is not mentioned."""
        called = [(verdict.delivery, verdict.answered) for verdict in verdicts if verdict.answered is not None]
        accepted: dict[Priority, list[float]] = {}
        for delivery, answered in called:
            if isinstance(answered.outcome, Accepted):
                accepted.setdefault(delivery.priority, []).append(seconds_since(delivery.sent_at, answered.at))
        for lane, seconds in accepted.items():
            self._metrics.put({Metric.ACCEPTED_SECONDS: seconds}, lane=lane, channel=self._channel)
        self._by_provider([answered for _, answered in called if answered.outcome != REHEARSED])

    def _by_provider(self, asked: Sequence[Answered]) -> None:
        for provider in dict.fromkeys(answered.provider for answered in asked):
            outcomes = [answered.outcome for answered in asked if answered.provider == provider]
            self._metrics.put(Counter(_COUNTED_AS[type(outcome)] for outcome in outcomes), provider=provider)
