"""A producer's ear on a region's bus: a rule, a queue, and everything that came so far."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from statline.contract.events import EVENTS, SOURCE, DeliveryStateChanged, Event, MessageRefused, NotificationRouted
from statline.contract.words import Channel, DeliveryState
from tests.e2e.waiting import SOON

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

BUS = "statline"
ENDS = {DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED}
"""Where a delivery is when no worker has anything left to do, and no receipt came yet."""
RECEIPTS = {DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.UNDELIVERED}
"""What the sandbox's carriers and phones say afterwards, of what a provider had taken over."""
MODELS = {model.DETAIL_TYPE: model for model in EVENTS}
Found = TypeVar("Found")


class Bus:
    """Every event since the listening began, as it came and as the contract's models read it."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._deaf: Exception | None = None
        self.raw: list[str] = []
        self.events: list[Event] = []

    def states_of(self, notification: str) -> list[DeliveryStateChanged]:
        """What was told of a notification's deliveries, oldest first; each revision once."""
        found = {
            (event.delivery, event.revision): event
            for event in list(self.events)
            if isinstance(event, DeliveryStateChanged) and event.notification == notification
        }
        return sorted(found.values(), key=lambda event: (event.at, event.revision))

    def histories(self, notification: str) -> dict[Channel, list[DeliveryState]]:
        """The states of a one-person notification's deliveries by channel, oldest first, without its receipts.

        A receipt may be faster than our own word that a provider took a delivery over: then it is that word.
        """
        found: dict[Channel, list[DeliveryState]] = {}
        for event in self.states_of(notification):
            states = found.setdefault(event.channel, [])
            state = DeliveryState.ACCEPTED if event.state in RECEIPTS else event.state
            if state is not DeliveryState.ACCEPTED or DeliveryState.ACCEPTED not in states[-1:]:
                states.append(state)
        return found

    def await_end(
        self, notification: str, *channels: Channel, seconds: float = SOON
    ) -> dict[Channel, list[DeliveryState]]:
        """The histories of a one-person notification, once its deliveries on these channels are settled."""

        def ended() -> dict[Channel, list[DeliveryState]] | None:
            found = self.histories(notification)
            return found if all(found.get(channel, [None])[-1] in ENDS for channel in channels) else None

        return self.wait(ended, seconds, f"the end of {notification} on {', '.join(channels)}")

    def routed(self, notification: str) -> NotificationRouted | None:
        """The event that a notification was routed."""
        found = (event for event in list(self.events) if isinstance(event, NotificationRouted))
        return next((event for event in found if event.notification == notification), None)

    def refusal(self, message_id: str) -> MessageRefused | None:
        """The event that a message was refused."""
        found = (event for event in list(self.events) if isinstance(event, MessageRefused))
        return next((event for event in found if event.message_id == message_id), None)

    def wait(self, probe: Callable[[], Found | None], seconds: float, what: object) -> Found:
        """The probe's first answer that is something, asked again at each news. `what` says what was waited for."""
        found: list[Found] = []

        def asked() -> bool:
            answer = probe()
            found[:] = [answer] if answer else []
            return bool(found) or self._deaf is not None

        with self._news:
            if not self._news.wait_for(asked, timeout=seconds):
                last = "\n".join(self.raw[-5:])
                raise AssertionError(f"{what} did not come within {seconds:.0f} s; the last events:\n{last}")
        if self._deaf:
            raise AssertionError(f"{what} was not heard of: the queue of events broke") from self._deaf
        return found[0]

    def follow(self) -> None:
        """Take events in until `end`, or until one cannot be read, which every wait then says."""
        try:
            self._follow()
        except (BotoCoreError, ClientError, ValidationError) as cause:
            with self._news:
                self._deaf = cause
                self._news.notify_all()

    def _follow(self) -> None:
        while not self._ended.is_set():
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            messages = answer.get("Messages", [])
            if not messages:
                continue
            with self._news:
                self.raw += [message["Body"] for message in messages]
                self.events += [_event(message["Body"]) for message in messages]
                self._news.notify_all()
            self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )

    def end(self) -> None:
        """Let `follow` return."""
        self._ended.set()


def _event(body: str) -> Event:
    envelope = json.loads(body)
    return MODELS[envelope["detail-type"]].model_validate(envelope["detail"])


@contextmanager
def listening(events: "EventBridgeClient", sqs: "SQSClient", name: str) -> Iterator[Bus]:
    """Subscribe to everything of Statline on the region's bus."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=BUS, EventPattern=json.dumps({"source": [SOURCE]}))
    events.put_targets(Rule=name, EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])
    bus = Bus(sqs, url)
    follower = threading.Thread(target=bus.follow, daemon=True)
    follower.start()
    try:
        yield bus
    finally:
        bus.end()
        follower.join()
