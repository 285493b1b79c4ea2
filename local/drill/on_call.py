"""On-call's ears: what the region's page topic says while the drill runs."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_NAME = "statline-drill"
_KEPT_SECONDS = "3600"
_POLL_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Page:
    """One message to on-call, and when it was heard (epoch seconds)."""

    at: float
    text: str


@dataclass(slots=True)
class OnCall:
    """Hears what comes to a queue that is subscribed to the topic."""

    sqs: "SQSClient"
    url: str
    heard: list[Page] = field(default_factory=list)

    def await_word(self, word: str, *, since: float, within: float) -> Page | None:
        """The first page since a moment that has the word in it; None where none comes in time."""
        end = time.monotonic() + within
        while (found := self._first(word, since)) is None and time.monotonic() < end:
            self._listen()
        return found

    def _first(self, word: str, since: float) -> Page | None:
        return next((page for page in self.heard if page.at >= since and word in page.text), None)

    def _listen(self) -> None:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=_POLL_SECONDS)
        for message in answer.get("Messages", []):
            said = json.loads(message["Body"])
            self.heard.append(Page(time.time(), f"{said.get('Subject') or ''} {said['Message']}".strip()))
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def listening(sns: "SNSClient", sqs: "SQSClient", topic_arn: str) -> Iterator[OnCall]:
    """On-call's ears for as long as the block runs; queue and subscription are gone afterwards."""
    url = sqs.create_queue(QueueName=_NAME, Attributes={"MessageRetentionPeriod": _KEPT_SECONDS})["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(may_be_told_by(topic_arn, queue_arn))})
    subscribed = sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn, ReturnSubscriptionArn=True)
    try:
        yield OnCall(sqs, url)
    finally:
        sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=url)


def may_be_told_by(topic_arn: str, queue_arn: str) -> dict[str, object]:
    """The policy of a queue that a topic may send to."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
            }
        ],
    }
