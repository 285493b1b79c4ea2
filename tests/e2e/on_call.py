"""On-call's ear: the letters that come to one of a region's topics."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.cloud.model import ACCOUNT
from local.drill.on_call import may_be_told_by
from tests.e2e.region import Region
from tests.e2e.waiting import await_value


@dataclass(frozen=True)
class Letter:
    """What a subscriber gets."""

    subject: str
    text: str


class Letters:
    """The letters that came to a topic since somebody listens."""

    def __init__(self, sqs: Any, queue: str) -> None:
        self._sqs = sqs
        self._queue = queue
        self.came: list[Letter] = []

    def wait(self, wanted: Callable[[Letter], bool], seconds: float, what: str) -> Letter:
        """The first letter that is wanted, which may have come already."""
        try:
            return await_value(lambda: self._found(wanted), seconds, what)
        except AssertionError as cause:
            raise AssertionError(f"{cause}; these came: {self.came}") from cause

    def _found(self, wanted: Callable[[Letter], bool]) -> Letter | None:
        answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            body = json.loads(message["Body"])
            self.came.append(Letter(body.get("Subject", ""), body["Message"]))
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return next((letter for letter in self.came if wanted(letter)), None)


@contextmanager
def listening_to(region: Region, topic: str) -> Iterator[Letters]:
    """Subscribe to a topic of the region."""
    sqs, sns = region.client("sqs"), region.client("sns")
    queue = sqs.create_queue(QueueName=f"on-call-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    endpoint = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    arn = f"arn:aws:sns:{region.name}:{ACCOUNT}:{topic}"
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(may_be_told_by(arn, endpoint))})
    subscribed = sns.subscribe(
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=endpoint,
        ReturnSubscriptionArn=True,
    )
    try:
        yield Letters(sqs, queue)
    finally:
        sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=queue)
