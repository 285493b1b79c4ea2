"""Walks through a dead-letter queue, letter by letter, and puts back what it looked at.

SQS shows a queue only by handing messages out. What was handed out is hidden from everybody meanwhile, so it is
released at the end; whatever a walk leaves hidden when it is killed comes back by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from statline.cli.redrive.letters import DeadLetter, letter_in

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10
HIDDEN_SECONDS = 300
WAIT_SECONDS = 1
_EMPTY_IN_A_ROW = 2
"""An empty answer to a question that waits has asked all of SQS's servers; one more is for what came back meanwhile."""


class Walk:
    """One walk. It yields no letter twice. Methods raise what boto3 raises."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url
        self._receipts: dict[str, str] = {}
        self._seen: set[str] = set()

    def batches(self, size: int = BATCH) -> Iterator[Sequence[DeadLetter]]:
        """The queue's letters, up to `size` at once, until it has no new ones."""
        empty = known = 0
        while empty < _EMPTY_IN_A_ROW and known <= len(self._seen) // BATCH + 1:
            received = self._receive(size)
            new = [letter for letter in received if letter.id not in self._seen]
            empty = 0 if received else empty + 1
            known = 0 if new else known + 1
            self._seen.update(letter.id for letter in new)
            self._receipts.update({letter.id: letter.receipt for letter in received if letter.id in self._seen})
            if new:
                yield new

    def delete(self, letters: Sequence[DeadLetter]) -> int:
        """Take letters out of the queue for good; answer how many SQS did not delete."""
        failed = 0
        for part in _parts(letters):
            entries = [{"Id": str(n), "ReceiptHandle": self._receipts[letter.id]} for n, letter in enumerate(part)]
            answer = self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
            failed += len(answer.get("Failed", []))
            for done in answer.get("Successful", []):
                self._receipts.pop(part[int(done["Id"])].id)
        return failed

    def release(self) -> None:
        """Show everything again that was looked at and not deleted."""
        left = list(self._receipts.values())
        self._receipts.clear()
        for start in range(0, len(left), BATCH):
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                    for n, receipt in enumerate(left[start : start + BATCH])
                ],
            )

    def _receive(self, wanted: int) -> list[DeadLetter]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=wanted,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
        )
        return [letter_in(message) for message in answer.get("Messages", [])]


def _parts(letters: Sequence[DeadLetter]) -> Iterable[Sequence[DeadLetter]]:
    return (letters[start : start + BATCH] for start in range(0, len(letters), BATCH))
