"""The port `Doors` on SQS."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.errors import QueueUnavailableError
from statline.contract.notification import Notification
from statline.contract.words import Priority

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef


class IngressDoors:
    """The ingress queues. A routine message carries its tenant, by which the fair queue shares."""

    def __init__(self, client: "SQSClient", queues: Mapping[Priority, str]) -> None:
        self._client = client
        self._queues = queues

    def send(self, notification: Notification) -> None:
        """See `Doors.send`."""
        lane = notification.priority
        # Escaped to ASCII: SQS refuses some characters that a text may hold, and none that stands for one in JSON.
        body = notification.model_dump_json(exclude_defaults=True, ensure_ascii=True)
        message: SendMessageRequestTypeDef = {"QueueUrl": self._queues[lane], "MessageBody": body}
        if lane is Priority.ROUTINE:
            message["MessageGroupId"] = notification.tenant
        try:
            self._client.send_message(**message)
        except (ClientError, BotoCoreError) as cause:
            raise QueueUnavailableError(f"the ingress queue of {lane} took no message") from cause
