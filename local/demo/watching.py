"""Watches one region while the demonstration runs: its events as a producer hears them, and the sandbox's phones.

The events come by a rule on the bus and a queue of the demonstration's own, as any producer subscribes to them; both
are gone when the watch ends.
"""

import json
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.cloud import Cloud
from local.cloud.clients import client_of
from local.sandbox.client import SandboxClient
from local.sandbox.people.calls import Happening as Lived
from local.sandbox.records import Received
from statline.contract.events import EVENTS, SOURCE, Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

BUS = "statline"
_NAME = "statline-demo"
_KEPT_SECONDS = "300"
_POLL_SECONDS = 2
_BATCH = 10
_MODELS = {model.DETAIL_TYPE: model for model in EVENTS}

Happening = Event | Received | Lived
"""Something that was told on a bus, that reached a phone, or that somebody lived through on a call."""
Happenings = queue.Queue[Happening]


def epoch_of(happening: Happening) -> float:
    """When it happened (not: when it was heard of), in epoch seconds."""
    return happening.at if isinstance(happening.at, float) else happening.at.timestamp()


@dataclass(frozen=True, slots=True)
class Subscription:
    """One region's events, by a rule on its bus and a queue."""

    events: "EventBridgeClient"
    sqs: "SQSClient"

    def open(self) -> str:
        """Make the queue and the rule; return the queue's URL."""
        url = self.sqs.create_queue(QueueName=_NAME, Attributes={"MessageRetentionPeriod": _KEPT_SECONDS})["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.events.put_rule(Name=_NAME, EventBusName=BUS, EventPattern=json.dumps({"source": [SOURCE]}))
        self.events.put_targets(Rule=_NAME, EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])
        return url

    def close(self, url: str) -> None:
        """Remove both."""
        self.events.remove_targets(Rule=_NAME, EventBusName=BUS, Ids=["queue"])
        self.events.delete_rule(Name=_NAME, EventBusName=BUS)
        self.sqs.delete_queue(QueueUrl=url)

    def follow(self, url: str, happenings: Happenings, ended: threading.Event) -> None:
        """Pass the queue's events on until the watch ends."""
        while not ended.is_set():
            answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=_POLL_SECONDS)
            for message in answer.get("Messages", []):
                happenings.put(_event(message["Body"]))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def watching(cloud: Cloud, regions: Sequence[str]) -> Iterator[Happenings]:
    """What happens in these regions from now on, in the order in which it is heard of."""
    happenings: Happenings = queue.Queue()
    ended = threading.Event()
    with ExitStack() as stack:
        followers = [
            threading.Thread(target=follow, args=(cloud, happenings, ended), daemon=True)
            for follow in (_follow_phones, _follow_people)
        ]
        for region in regions:
            subscription = _subscription(cloud, region)
            url = subscription.open()
            stack.callback(subscription.close, url)
            followers.append(threading.Thread(target=subscription.follow, args=(url, happenings, ended), daemon=True))
        for follower in followers:
            follower.start()
        try:
            yield happenings
        finally:
            ended.set()
            for follower in followers:
                follower.join()


def _follow_phones(cloud: Cloud, happenings: Happenings, ended: threading.Event) -> None:
    sandbox = SandboxClient(cloud.sandbox_url)
    before = sandbox.arrivals()
    after = before[-1].seq if before else 0
    while not ended.is_set():
        for received in sandbox.arrivals(after, wait_seconds=_POLL_SECONDS):
            after = received.seq
            happenings.put(received)


def _follow_people(cloud: Cloud, happenings: Happenings, ended: threading.Event) -> None:
    sandbox = SandboxClient(cloud.sandbox_url)
    before = sandbox.happenings()
    after = before[-1].seq if before else 0
    while not ended.is_set():
        for lived in sandbox.happenings(after, wait_seconds=_POLL_SECONDS):
            after = lived.seq
            happenings.put(lived)


def _event(body: str) -> Event:
    envelope = json.loads(body)
    return _MODELS[envelope["detail-type"]].model_validate(envelope["detail"])


def _subscription(cloud: Cloud, region: str) -> Subscription:
    return Subscription(client_of(cloud, "events", region=region), client_of(cloud, "sqs", region=region))
