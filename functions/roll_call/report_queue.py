"""The port `Reports` on SQS: a delayed message to the function itself."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domain.errors import QueueUnavailableError
from functions.roll_call.rolls import Report

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_SECONDS = 900
"""SQS's limit for a message's delay."""


class ReportQueue:
    """Reports that wait for their time. ``seconds``: how long people have to answer."""

    def __init__(self, client: "SQSClient", url: str, seconds: int) -> None:
        self._client = client
        self._url = url
        self._delay = min(seconds, LONGEST_SECONDS)

    def later(self, report: Report) -> None:
        """See `Reports.later`."""
        body = report.model_dump_json()
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=self._delay)
        except (ClientError, BotoCoreError) as cause:
            raise QueueUnavailableError("the roll calls' queue took no message") from cause
