"""On-call's ears: what a region's topics say while somebody listens."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

ALARM, OK = "ALARM", "OK"
_NAME = "statline-drill"
_KEPT_SECONDS = "3600"
_POLL_SECONDS = 1
_BATCH = 10


@dataclass(frozen=True, slots=True)
class Word:
    """One message to on-call.

    at: when it was heard (epoch seconds). topic: the name of the topic. alarm, state: of an alarm that came into a
    state, as CloudWatch says it; empty for a letter, which has a subject and a text.
    """

    at: float
    topic: str
    subject: str
    text: str
    alarm: str = ""
    state: str = ""

    @property
    def title(self) -> str:
        """What it is about, in a line."""
        return self.alarm or self.subject or self.text.partition("\n")[0]


@dataclass(slots=True)
class OnCall:
    """Hears what comes to a queue that is subscribed to the topics."""

    sqs: "SQSClient"
    url: str
    heard: list[Word] = field(default_factory=list)

    def listen(self) -> None:
        """Take in what has come, and wait a second for more where nothing has."""
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=_POLL_SECONDS)
        for message in answer.get("Messages", []):
            self.heard.append(word_of(message["Body"], time.time()))
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def await_word(self, wanted: Callable[[Word], bool], *, within: float) -> Word | None:
        """The first word that is wanted, which may have come already; None where none comes in time (seconds)."""
        end = time.monotonic() + within
        while (found := next(filter(wanted, self.heard), None)) is None and time.monotonic() < end:
            self.listen()
        return found


def word_of(body: str, at: float) -> Word:
    """What a message of the queue says: the envelope of SNS, and in it an alarm of CloudWatch, or a letter."""
    envelope = json.loads(body)
    topic = str(envelope["TopicArn"]).rpartition(":")[2]
    subject, text = str(envelope.get("Subject") or ""), str(envelope["Message"])
    alarm = _alarm(text)
    return Word(at, topic, subject, text, str(alarm.get("AlarmName", "")), str(alarm.get("NewStateValue", "")))


def worth_telling(heard: Sequence[Word], since: int = 0, speaking: Collection[str] = ()) -> Iterator[Word]:
    """The words from a position on, without those of alarms that come to rest and had not spoken before.

    A new alarm comes from "no data" to rest, and says so: on AWS every deploy sends such a letter for each new alarm.
    speaking: alarms that spoke before anything was heard.
    """
    spoke = {word.alarm for word in heard[:since] if word.state == ALARM} | set(speaking)
    for word in heard[since:]:
        if not word.alarm or word.state == ALARM or word.alarm in spoke:
            yield word
        if word.state == ALARM:
            spoke.add(word.alarm)


def _alarm(text: str) -> dict[str, object]:
    """The fields of CloudWatch's message; none where a person or a function of ours wrote it."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def listening(sns: "SNSClient", sqs: "SQSClient", topics: Sequence[str], name: str = _NAME) -> Iterator[OnCall]:
    """On-call's ears at these topics (ARNs) for as long as the block runs; queue and subscriptions are gone afterwards.

    name: the queue's, which no other listener of the region may have at the time.
    """
    url = sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": _KEPT_SECONDS})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(may_be_told_by(topics, arn))})
    subscribed = [
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)["SubscriptionArn"]
        for topic in topics
    ]
    try:
        yield OnCall(sqs, url)
    finally:
        for subscription in subscribed:
            sns.unsubscribe(SubscriptionArn=subscription)
        sqs.delete_queue(QueueUrl=url)


def may_be_told_by(topics: Sequence[str], queue_arn: str) -> dict[str, object]:
    """The policy of a queue that these topics (ARNs) may send to."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": list(topics)}},
            }
        ],
    }
