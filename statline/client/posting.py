"""Puts letters on a queue in batches, and says of each one whether the queue took it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from statline.client.errors import AwsError, QueueNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH_MESSAGES = 10
BATCH_BYTES = 1_048_576
_NO_SUCH_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_CERTAIN_REFUSALS = _NO_SUCH_QUEUE | {
    "AccessDenied",
    "AccessDeniedException",
    "InvalidClientTokenId",
    "InvalidMessageContents",
    "InvalidParameterValue",
    "NoCredentialsError",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
"""What is as wrong at the next try. Whatever else AWS or the network says is worth one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for a queue. ``group`` keeps one tenant's flood from another's messages (SQS fair queues)."""

    body: str
    group: str | None = None

    @property
    def size(self) -> int:
        """Bytes, as SQS counts them."""
        return len(self.body.encode())


@dataclass(frozen=True, slots=True)
class Posted:
    """The queue took the letter, under this id."""

    message_id: str


@dataclass(frozen=True, slots=True)
class NotPosted:
    """The queue did not take the letter."""

    reason: str
    retryable: bool


Answer = Posted | NotPosted


class Post:
    """Sends to the queues of one region. Queue URLs are looked up once.

    Args:
        sqs: A boto3 SQS client of the region.
        owner: The account of the queues, where it is not the caller's own.
    """

    def __init__(self, sqs: "SQSClient", *, owner: str | None = None) -> None:
        self._sqs = sqs
        self._owner = owner
        self._urls: dict[str, str] = {}

    @property
    def region(self) -> str:
        """The region that this post sends to."""
        return self._sqs.meta.region_name

    def url(self, queue: str) -> str:
        """The URL of a queue, by its name. Raises `QueueNotFoundError`, `AwsError`."""
        if queue not in self._urls:
            self._urls[queue] = self._look_up(queue)
        return self._urls[queue]

    def send(self, queue_url: str, letters: Sequence[Letter]) -> Iterator[Answer]:
        """Send the letters and answer one `Answer` for each, in order, batch by batch as they go."""
        for batch in batches(letters):
            yield from self._send_batch(queue_url, batch)

    def _look_up(self, queue: str) -> str:
        try:
            if self._owner:
                return self._sqs.get_queue_url(QueueName=queue, QueueOwnerAWSAccountId=self._owner)["QueueUrl"]
            return self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        except (ClientError, BotoCoreError) as cause:
            if _code_of(cause) in _NO_SUCH_QUEUE:
                raise QueueNotFoundError(queue, self.region) from cause
            raise aws_error("GetQueueUrl", self.region, cause) from cause

    def _send_batch(self, queue_url: str, batch: Sequence[Letter]) -> list[Answer]:
        entries = [_entry(number, letter) for number, letter in zip(count(), batch, strict=False)]
        try:
            answer = self._sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        except (ClientError, BotoCoreError) as cause:
            error = aws_error("SendMessageBatch", self.region, cause)
            return [NotPosted(str(error), error.retryable)] * len(batch)
        taken = {done["Id"]: Posted(done["MessageId"]) for done in answer.get("Successful", [])}
        refused = {
            failed["Id"]: NotPosted(f"SQS refused it ({failed['Code']})", not failed["SenderFault"])
            for failed in answer.get("Failed", [])
        }
        unanswered = NotPosted("SQS's answer did not mention it", retryable=True)
        return [taken.get(entry["Id"]) or refused.get(entry["Id"]) or unanswered for entry in entries]


def batches(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    """The letters in order, in batches that SQS takes: at most 10, together at most 1 MiB."""
    batch: list[Letter] = []
    size = 0
    for letter in letters:
        if batch and (len(batch) == BATCH_MESSAGES or size + letter.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(letter)
        size += letter.size
    if batch:
        yield batch


def aws_error(operation: str, region: str, cause: ClientError | BotoCoreError) -> AwsError:
    """What an operator is told of a failed call: AWS's code, never its message, which may quote ours."""
    code = _code_of(cause)
    return AwsError(operation=operation, region=region, code=code, retryable=code not in _CERTAIN_REFUSALS)


def _code_of(cause: ClientError | BotoCoreError) -> str:
    return cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__


def _entry(number: int, letter: Letter) -> "SendMessageBatchRequestEntryTypeDef":
    if letter.group is None:
        return {"Id": str(number), "MessageBody": letter.body}
    return {"Id": str(number), "MessageBody": letter.body, "MessageGroupId": letter.group}
