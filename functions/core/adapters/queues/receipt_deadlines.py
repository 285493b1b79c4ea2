"""The port `ReceiptDeadlines` on SQS: a delivery as a message that is delayed by its channel's time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.adapters.queues.outbox import BATCH_ENTRIES, body_of
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.receipt_deadlines import WAITS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class ReceiptDeadlineQueue:
    """The queue of the function that waits for receipts."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def set(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """See `ReceiptDeadlines.set`."""
        batches = [deliveries[start : start + BATCH_ENTRIES] for start in range(0, len(deliveries), BATCH_ENTRIES)]
        return [untaken for batch in batches for untaken in self._send(batch)]

    def _send(self, batch: Sequence[Delivery]) -> list[Delivery]:
        """Send up to ten, which SQS takes whatever their size: a delivery has some 2 KB, and a batch may have 1 MB."""
        entries = [_entry(number, delivery) for number, delivery in enumerate(batch)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except (ClientError, BotoCoreError):
            return list(batch)
        return [batch[int(failure["Id"])] for failure in answer.get("Failed", [])]


def _entry(number: int, delivery: Delivery) -> "SendMessageBatchRequestEntryTypeDef":
    seconds = int(WAITS[delivery.key.channel].total_seconds())
    return {"Id": str(number), "MessageBody": body_of(delivery), "DelaySeconds": seconds}
