"""The receipts queue, as those see it who hear something of a delivery: the webhooks, and the keypad."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.receipts.callbacks import Heard

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class CallbackQueue:
    """Hands callbacks on to whoever reads the receipts queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, callback: Heard) -> None:
        """Put one callback on the queue. Raises `QueueUnavailableError`."""
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=_body_of(callback))
        except (ClientError, BotoCoreError) as cause:
            raise QueueUnavailableError("the receipts queue took no callback") from cause


def _body_of(callback: Heard) -> str:
    """Without the characters that SQS takes in no body: of a text, they are escaped as JSON escapes them."""
    return callback.model_dump_json(ensure_ascii=True)
