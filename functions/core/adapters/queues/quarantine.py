"""The port `Quarantine` on SQS."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.errors import QueueUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class QuarantineQueue:
    """The quarantine queue: the body as it came, the reason beside it as a message attribute."""

    def __init__(self, client: "SQSClient", queue: str) -> None:
        self._client = client
        self._queue = queue

    def keep(self, body: str, reason: str) -> None:
        """See `Quarantine.keep`."""
        try:
            self._client.send_message(
                QueueUrl=self._queue,
                MessageBody=body,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )
        except (ClientError, BotoCoreError) as cause:
            raise QueueUnavailableError("the quarantine queue took no message") from cause
