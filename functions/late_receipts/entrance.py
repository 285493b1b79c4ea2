"""How a batch of deadlines is looked up, logged and measured."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.core.adapters.channel.entrance import BatchAnswer, read_delivery
from functions.core.adapters.queues.inbox import receives_of
from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.errors import MalformedDeliveryError, StoreUnavailableError
from functions.core.domain.ports.delivering import Inbox
from functions.core.domain.routing.lanes import outage_pause
from functions.core.services.late_receipts import SendAnotherWay, Struck


@dataclass(frozen=True, slots=True)
class DeadlineEntrance:
    """Where the function's batches come in. ``inbox_of``: the queue that a message came from, by its ARN."""

    send_another_way: SendAnotherWay
    inbox_of: Callable[[str], Inbox]
    log: Log
    metrics: EmbeddedMetrics

    def __call__(self, records: Sequence[Mapping[str, Any]]) -> BatchAnswer:
        """Look one batch up and answer which messages are to come again.

        A body that is no delivery does: it was written by another version of ours. Raises `StoreUnavailableError`.
        """
        parsed = [(record, self._read(record)) for record in records]
        readable = [(record, delivery) for record, delivery in parsed if delivery is not None]
        try:
            struck = self.send_another_way([delivery for _, delivery in readable])
        except StoreUnavailableError:
            self._wait_out([record for record, _ in readable])
            raise
        self._tell([each for each in struck if each.news])
        staying = [record for record, delivery in parsed if delivery is None]
        staying += [record for (record, _), each in zip(readable, struck, strict=True) if not each.done]
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in staying]}

    def _read(self, record: Mapping[str, Any]) -> Delivery | None:
        try:
            return read_delivery(record["body"])
        except MalformedDeliveryError:
            self.log.warn("unreadable deadline", message_id=str(record["messageId"]))
            return None

    def _wait_out(self, held_up: Sequence[Mapping[str, Any]]) -> None:
        """Hide what the state table holds up, so that its outage does not make dead letters of deadlines. Best effort.

        It would kill them within nine minutes, and nothing else looks at a stat that was accepted and lost.
        """
        for record in held_up:
            pause = outage_pause(receives_of(record))
            if pause:
                self.inbox_of(record["eventSourceARN"]).postpone({record["receiptHandle"]: pause.total_seconds()})

    def _tell(self, late: Sequence[Struck]) -> None:
        for each in late:
            key = each.delivery.key
            provider = each.record.attempts[-1].provider if each.record else ""
            self.log.warn("receipt late", trace=key.trace, delivery=key.id, channel=key.channel, provider=provider)
        for channel, count in Counter(each.delivery.key.channel for each in late).items():
            self.metrics.put({Metric.RECEIPTS_LATE: count}, channel=channel)
