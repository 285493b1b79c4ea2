"""The port `Inbox` on SQS."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef

ENTRIES_PER_CALL = 10
LONGEST_SECONDS = 11 * 3600
"""SQS hides a message for at most 12 hours from when it was received."""


class SqsInbox:
    """Postpones messages of one queue by changing their visibility: sending them again would count as a loop."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def postpone(self, receipts: Mapping[str, float]) -> None:
        """See `Inbox.postpone`."""
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": _whole_seconds(seconds)}
            for n, (handle, seconds) in enumerate(receipts.items())
        ]
        for start in range(0, len(entries), ENTRIES_PER_CALL):
            try:
                self._client.change_message_visibility_batch(
                    QueueUrl=self._queue_url, Entries=entries[start : start + ENTRIES_PER_CALL]
                )
            except (ClientError, BotoCoreError):
                # The messages come back by themselves when their visibility time-out ends: later, but not lost.
                return


def _whole_seconds(seconds: float) -> int:
    return min(max(math.ceil(seconds), 0), LONGEST_SECONDS)


class InboxByArn:
    """The inbox of a queue that a record names by its ARN; SQS is asked for the URL when it is first needed."""

    def __init__(self, client: "SQSClient", queue_arn: str) -> None:
        self._client = client
        self._name = queue_arn.rpartition(":")[2]

    def postpone(self, receipts: Mapping[str, float]) -> None:
        """See `Inbox.postpone`."""
        try:
            url = self._client.get_queue_url(QueueName=self._name)["QueueUrl"]
        except (ClientError, BotoCoreError):
            return  # as below: they come back by themselves
        SqsInbox(self._client, url).postpone(receipts)


def receives_of(record: Mapping[str, Any]) -> int:
    """How often a record's message was received, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])
