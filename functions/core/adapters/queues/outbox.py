"""The port `Outbox` on SQS."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.delivering.delivery import Delivery
from statline.contract.words import Channel, Priority

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH_ENTRIES = 10
BATCH_BYTES = 1_048_576
"""SQS's limits for one SendMessageBatch."""
CONNECTIONS = 8
"""Calls under way at once: an activation of 500 people is some hundred calls."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What SQS takes in no body. In a JSON text such a character stands only inside a string, where it can be escaped.

Named one by one: the complement of what SQS takes is the same set, and takes ten times as long to compile at a start.
"""

ChannelQueues = Mapping[Channel, Mapping[Priority, str]]


@dataclass(frozen=True, slots=True)
class _Letter:
    """A delivery on its way out: the queue's URL, and the body."""

    delivery: Delivery
    queue: str
    body: str


class SqsOutbox:
    """The channels' queues. A routine message carries its tenant as the group that fair queues share by."""

    def __init__(self, client: "SQSClient", queues: ChannelQueues) -> None:
        self._client = client
        self._queues = queues
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="outbox")

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """See `Outbox.send`."""
        batches = list(_batches([self._letter(delivery) for delivery in deliveries]))
        if len(batches) == 1:
            return self._send(batches[0])
        return [delivery for unsent in self._pool.map(self._send, batches) for delivery in unsent]

    def _letter(self, delivery: Delivery) -> _Letter:
        return _Letter(delivery, self._queues[delivery.key.channel][delivery.priority], body_of(delivery))

    def _send(self, batch: Sequence[_Letter]) -> list[Delivery]:
        """Send up to ten letters of one queue; answer the deliveries that the queue did not take."""
        entries = [_entry(number, letter) for number, letter in enumerate(batch)]
        try:
            answer = self._client.send_message_batch(QueueUrl=batch[0].queue, Entries=entries)
        except (ClientError, BotoCoreError):
            return [letter.delivery for letter in batch]
        return [batch[int(failure["Id"])].delivery for failure in answer.get("Failed", [])]


def body_of(delivery: Delivery) -> str:
    """A delivery as a message."""
    body = delivery.model_dump_json(exclude_defaults=True)
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", body)


def _entry(number: int, letter: _Letter) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(number), "MessageBody": letter.body}
    if letter.delivery.priority is Priority.ROUTINE:
        entry["MessageGroupId"] = letter.delivery.key.tenant
    return entry


def _batches(letters: Sequence[_Letter]) -> Iterator[list[_Letter]]:
    """The letters by queue, at most ten and at most SQS's size in one batch."""
    by_queue: dict[str, list[_Letter]] = {}
    for letter in letters:
        by_queue.setdefault(letter.queue, []).append(letter)
    for same_queue in by_queue.values():
        batch: list[_Letter] = []
        size = 0
        for letter in same_queue:
            length = len(letter.body.encode())
            if batch and (len(batch) == BATCH_ENTRIES or size + length > BATCH_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(letter)
            size += length
        yield batch
