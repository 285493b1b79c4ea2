"""Watches one region while the demonstration runs: its events as a producer hears them, and the sandbox's phones.

The events come by a rule on the bus and a queue of the demonstration's own, as any producer subscribes to them; both
are gone when the watch ends.
"""

import json
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
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
Read = Callable[[int, int], Sequence[Received | Lived]]
"""Reads a feed of the sandbox beyond a position, and waits so many seconds for the first."""


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
    sandbox = SandboxClient(cloud.sandbox_url)
    with ExitStack() as stack:
        threads = [follower(read, happenings, ended) for read in (sandbox.arrivals, sandbox.happenings)]
        for region in regions:
            subscription = _subscription(cloud, region)
            url = subscription.open()
            stack.callback(subscription.close, url)
            threads.append(threading.Thread(target=subscription.follow, args=(url, happenings, ended), daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield happenings
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def follower(read: Read, happenings: Happenings, ended: threading.Event) -> threading.Thread:
    """Passes on what a feed of the sandbox gets from now on, once started, until the watch ends.

    Where the feed stands is read here and not by the thread: what comes before the thread runs is not missed.
    """
    before = read(0, 0)
    position = before[-1].seq if before else 0
    return threading.Thread(target=_follow, args=(read, position, happenings, ended), daemon=True)


def _follow(read: Read, position: int, happenings: Happenings, ended: threading.Event) -> None:
    while not ended.is_set():
        for item in read(position, _POLL_SECONDS):
            position = item.seq
            happenings.put(item)


def _event(body: str) -> Event:
    envelope = json.loads(body)
    return _MODELS[envelope["detail-type"]].model_validate(envelope["detail"])


def _subscription(cloud: Cloud, region: str) -> Subscription:
    return Subscription(client_of(cloud, "events", region=region), client_of(cloud, "sqs", region=region))
