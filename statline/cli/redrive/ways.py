"""The two ways back to work: a copy on the work queue, and, where the sender counts, the function itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from statline.cli.redrive.letters import DeadLetter
from statline.client.posting import Letter, Post, Posted, aws_error

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ROUTER, RECEIPTS = "statline-router:live", "statline-receipts:live"
"""The versions that the queues' mappings call."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a batch: the ids of the letters that work has taken, and why the others were not."""

    taken: frozenset[str]
    why_not: str = ""


class Way(Protocol):
    """A way back to work."""

    def hand_over(self, letters: Sequence[DeadLetter]) -> Handed:
        """Hand letters over. Work that is handed a letter twice does it once."""
        ...


@dataclass(frozen=True, slots=True)
class Copies:
    """Sends a copy of each letter to its work queue: for whatever is the same from any sender."""

    post: Post
    queue_url: str

    def hand_over(self, letters: Sequence[DeadLetter]) -> Handed:
        """See `Way.hand_over`."""
        answers = list(self.post.send(self.queue_url, [Letter(letter.body, letter.group) for letter in letters]))
        both = list(zip(letters, answers, strict=True))
        refused = [answer.reason for _, answer in both if not isinstance(answer, Posted)]
        return Handed(
            frozenset(letter.id for letter, answer in both if isinstance(answer, Posted)), next(iter(refused), "")
        )


@dataclass(frozen=True, slots=True)
class Straight:
    """Calls the function that works the queue off with the letters as they are, their senders with them.

    A copy would be ours: SQS stamps whoever sends, the router refuses a sender that is no producer, and the receipts
    function one that is no app. Nor is it said anywhere whose a message is that SQS's own redrive has moved. Either
    function has done with a message before it answers, so a letter that it has not left over is done.
    """

    functions: "LambdaClient"
    function: str
    queue_arn: str

    def hand_over(self, letters: Sequence[DeadLetter]) -> Handed:
        """See `Way.hand_over`. Where a batch fails as a whole, each letter is tried alone."""
        handed = self._call(letters)
        if handed.taken or len(letters) == 1:
            return handed
        alone = [self._call([letter]) for letter in letters]
        return Handed(frozenset[str]().union(*(each.taken for each in alone)), handed.why_not)

    def _call(self, letters: Sequence[DeadLetter]) -> Handed:
        event = json.dumps({"Records": [self._record(letter) for letter in letters]})
        try:
            answer = self.functions.invoke(FunctionName=self.function, Payload=event.encode())
        except (ClientError, BotoCoreError) as cause:
            return Handed(frozenset(), str(aws_error("Invoke", self.functions.meta.region_name, cause)))
        said = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            return Handed(frozenset(), f"{self._name} failed ({_error_type(said)}): see its log")
        if not isinstance(said, dict) or "batchItemFailures" not in said:
            return Handed(frozenset(), f"{self._name} gave no answer that says what it has taken: see its log")
        left = {failure["itemIdentifier"] for failure in said["batchItemFailures"]}
        why_not = f"{self._name} put some off: see its log" if left else ""
        return Handed(frozenset(letter.id for letter in letters) - left, why_not)

    @property
    def _name(self) -> str:
        return self.function.partition(":")[0]

    def _record(self, letter: DeadLetter) -> Mapping[str, Any]:
        """As Lambda would hand it over from the work queue."""
        return {
            "messageId": letter.id,
            "receiptHandle": letter.receipt,
            "body": letter.body,
            # The first receive of a new life: what was seen often is paused.
            "attributes": {"SenderId": letter.sender, "ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue_arn,
            "awsRegion": self.functions.meta.region_name,
        }


def _error_type(said: object) -> str:
    """The kind of error alone: its text could quote a message."""
    return str(said.get("errorType", "unknown")) if isinstance(said, dict) else "unknown"
