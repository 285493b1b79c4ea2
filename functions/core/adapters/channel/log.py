"""What a channel function logs of its deliveries: one line each, ids and codes only."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.failover import Standing
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.services.verdicts import Verdict
from statline.contract.words import Channel


class DeliveryLog:
    """Writes the log lines of deliveries."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """One line for every delivery that this worker moved."""
        for verdict in verdicts:
            if verdict.acted and verdict.record is not None:
                self._moved(verdict, verdict.record)

    def _moved(self, verdict: Verdict, record: DeliveryRecord) -> None:
        self._log.write(
            "delivery moved",
            trace=record.key.trace,
            delivery=record.key.id,
            channel=record.key.channel,
            lane=record.priority,
            state=record.state,
            reason=record.reason,
            attempt=record.attempt,
            milliseconds=round((record.changed_at - verdict.delivery.sent_at).total_seconds() * 1000),
        )

    def unreadable(self, message_id: str) -> None:
        """A message on the queue is no delivery of any version that this code reads.

        Without a trace, because nobody can say where such a message names its notification.
        """
        self._log.warn("unreadable delivery", message_id=message_id)

    def demoted(self, channel: Channel, standing: Standing) -> None:
        """A provider is passed over for a time; ``count``: for which time in a row."""
        self._log.warn("provider demoted", channel=channel, provider=standing.provider, count=standing.times)

    def untaken(self, record: DeliveryRecord, cause: Exception) -> None:
        """The state table did not take a write. AWS's own code where it has one, and nothing of the error's text."""
        code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
        self._log.warn("record not taken", trace=record.key.trace, delivery=record.key.id, error=code)
