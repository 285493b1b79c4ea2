"""The port `AddressBook` on the ``directory-changes`` queue: dead tokens are told to whoever keeps the directory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.directory.dead_address import dead_address_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

ENTRIES_PER_CALL = 10


class QueuedAddressBook:
    """Reports dead addresses by message, so that the push function needs no right on the directory."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """See `AddressBook.report_dead`."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": dead_address_of(delivery).model_dump_json()}
            for number, delivery in enumerate(deliveries)
        ]
        for start in range(0, len(entries), ENTRIES_PER_CALL):
            try:
                self._client.send_message_batch(
                    QueueUrl=self._queue_url, Entries=entries[start : start + ENTRIES_PER_CALL]
                )
            except (ClientError, BotoCoreError):
                # Best effort: the next send to the same token hears from the provider again.
                return
