"""The port `Inbox` on SQS (moto): how long a message is hidden, and that trouble loses nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from functions.core.adapters.queues.inbox import LONGEST_SECONDS, SqsInbox
from tests.contract.tables import CREDENTIALS, REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SQS_LIMIT = 12 * 3600


class Queue:
    """A queue on moto whose messages were received and are hidden for a long time."""

    def __init__(self, client: "SQSClient") -> None:
        self.client = client
        self.url = client.create_queue(QueueName="push-stat", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]

    def received(self, *bodies: str) -> dict[str, str]:
        """Send these and receive them: each one's receipt handle by its body."""
        for body in bodies:
            self.client.send_message(QueueUrl=self.url, MessageBody=body)
        handles: dict[str, str] = {}
        while found := self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            handles |= {each["Body"]: each["ReceiptHandle"] for each in found}
        return handles

    def visible(self) -> set[str]:
        return set(self.received())


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield Queue(boto3.client("sqs", region_name=REGION))


def test_a_message_that_is_due_now_comes_back_now_and_the_others_stay_hidden(queue: Queue) -> None:
    handles = queue.received("due", "later")

    SqsInbox(queue.client, queue.url).postpone({handles["due"]: 0.0, handles["later"]: 30.0})

    assert queue.visible() == {"due"}


def test_more_messages_than_one_call_takes_are_all_postponed(queue: Queue) -> None:
    bodies = {f"m-{number}" for number in range(23)}
    handles = queue.received(*bodies)

    SqsInbox(queue.client, queue.url).postpone(dict.fromkeys(handles.values(), 0.0))

    assert queue.visible() == bodies


def test_a_handle_that_is_worth_nothing_any_more_does_not_hold_up_the_others(queue: Queue) -> None:
    handles = queue.received("gone", "due")
    queue.client.delete_message(QueueUrl=queue.url, ReceiptHandle=handles["gone"])

    SqsInbox(queue.client, queue.url).postpone({handles["gone"]: 0.0, "no handle at all": 0.0, handles["due"]: 0.0})

    assert queue.visible() == {"due"}


def test_a_queue_that_does_not_answer_is_no_error_of_the_batch(queue: Queue) -> None:
    handles = queue.received("due")
    queue.client.delete_queue(QueueUrl=queue.url)

    asked: list[str] = []
    queue.client.meta.events.register(
        "before-call.sqs.ChangeMessageVisibilityBatch", lambda model, **_: asked.append(model.name)
    )

    SqsInbox(queue.client, queue.url).postpone({handles["due"]: 0.0})  # what it raised would end the whole batch

    assert asked == ["ChangeMessageVisibilityBatch"]


def test_nothing_to_postpone_asks_for_nothing() -> None:
    client: Any = Recorder()
    SqsInbox(client, "url").postpone({})
    assert client.asked == []


class Recorder:
    """Stands for the SQS client: remembers what it was asked, then does not answer if it is ``away``."""

    def __init__(self, *, away: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self.away = away

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:  # noqa: N803
        self.asked += [(entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in Entries]
        if self.away:
            raise EndpointConnectionError(endpoint_url=QueueUrl)


@pytest.mark.parametrize(
    ("seconds", "hidden"),
    [(0.0, 0), (-3.0, 0), (0.001, 1), (1.0, 1), (1.2, 2), (299.999, 300), (10.0 * SQS_LIMIT, LONGEST_SECONDS)],
)
def test_a_message_is_hidden_for_whole_seconds_and_never_too_short(seconds: float, hidden: int) -> None:
    """Coming back a moment before it is due would cost a receive for nothing."""
    client: Any = Recorder()
    SqsInbox(client, "url").postpone({"handle": seconds})
    assert client.asked == [("handle", hidden)]
    assert hidden < SQS_LIMIT


def test_a_queue_that_cannot_be_reached_is_not_asked_again_and_again() -> None:
    client: Any = Recorder(away=True)
    SqsInbox(client, "url").postpone({f"handle-{number}": 1.0 for number in range(25)})
    assert len(client.asked) == 10
