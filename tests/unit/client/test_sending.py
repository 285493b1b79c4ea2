"""The client against an SQS that answers what the test wrote down."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from functions.core.domain.delivering.delivery import trace_of
from statline.client import NotSentError, StatlineClient, new_notification, user
from statline.client.posting import BATCH_BYTES, Letter, Post, batches
from statline.contract.notification import Notification
from statline.contract.words import Channel, Priority, Sensitivity

URL = "https://sqs.example/statline-ingress"


class Scene:
    """One client, and the answers of SQS."""

    def __init__(self) -> None:
        self.sqs = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x").client("sqs", "ca-central-1")
        self.stub = Stubber(self.sqs)
        self.client = StatlineClient("ca-central-1", post=Post(self.sqs))

    def finds(self, lane: str) -> None:
        self.stub.add_response(
            "get_queue_url", {"QueueUrl": f"{URL}-{lane}"}, {"QueueName": f"statline-ingress-{lane}"}
        )

    def takes(self, lane: str, number: int, *, refused: tuple[int, ...] = (), sender_fault: bool = False) -> None:
        taken = [
            {"Id": str(n), "MessageId": f"m-{lane}-{n}", "MD5OfMessageBody": "x"}
            for n in range(number)
            if n not in refused
        ]
        failed = [{"Id": str(n), "SenderFault": sender_fault, "Code": "InternalError"} for n in refused]
        self.stub.add_response(
            "send_message_batch",
            {"Successful": taken, "Failed": failed},
            {"QueueUrl": f"{URL}-{lane}", "Entries": ANY},
        )


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    with scene.stub:
        yield scene


def _message(number: int = 1, *, priority: Priority = Priority.ROUTINE, **rest: Any) -> Notification:
    return new_notification(
        tenant="northshore",
        to=[user("u-1")],
        title="Bed ready",
        priority=priority,
        notification_id=f"n-{number}",
        **rest,
    )


def test_twelve_messages_are_two_calls(scene: Scene) -> None:
    scene.finds("routine")
    scene.takes("routine", 10)
    scene.takes("routine", 2)
    report = scene.client.send([_message(n) for n in range(12)])
    assert [sent.id for sent in report.sent] == [f"n-{n}" for n in range(12)]
    scene.stub.assert_no_pending_responses()


def test_a_queue_is_looked_up_once(scene: Scene) -> None:
    scene.finds("routine")
    scene.takes("routine", 1)
    scene.takes("routine", 1)
    assert scene.client.send([_message(1)]).ok
    assert scene.client.send([_message(2)]).ok


def test_each_message_goes_to_its_own_lane_and_stat_first(scene: Scene) -> None:
    for lane in ("stat", "routine"):
        scene.finds(lane)
        scene.takes(lane, 1)
    report = scene.client.send([_message(1), _message(2, priority=Priority.STAT)])
    assert {sent.id: sent.message_id for sent in report.sent} == {"n-1": "m-routine-0", "n-2": "m-stat-0"}
    assert [sent.trace for sent in report.sent] == [trace_of(sent.tenant, sent.id) for sent in report.sent]


def test_a_message_that_was_not_taken_is_named_and_may_be_sent_again(scene: Scene) -> None:
    scene.finds("routine")
    scene.takes("routine", 3, refused=(1,))
    report = scene.client.send([_message(n) for n in range(3)])
    assert [sent.id for sent in report.sent] == ["n-0", "n-2"]
    (failure,) = report.failed
    assert (failure.id, failure.retryable) == ("n-1", True)
    with pytest.raises(NotSentError, match="northshore/n-1"):
        report.raise_for_failures()


def test_a_message_that_sqs_finds_at_fault_is_not_worth_sending_again(scene: Scene) -> None:
    scene.finds("routine")
    scene.takes("routine", 1, refused=(0,), sender_fault=True)
    assert not scene.client.send([_message()]).failed[0].retryable


def test_one_lane_without_a_queue_does_not_keep_the_other_back(scene: Scene) -> None:
    scene.stub.add_client_error("get_queue_url", "AWS.SimpleQueueService.NonExistentQueue", http_status_code=400)
    scene.finds("routine")
    scene.takes("routine", 1)
    report = scene.client.send([_message(1), _message(2, priority=Priority.STAT)])
    assert [sent.id for sent in report.sent] == ["n-1"]
    assert "no queue statline-ingress-stat in ca-central-1" in report.failed[0].reason
    assert not report.failed[0].retryable


def test_a_call_that_is_denied_fails_its_messages_for_good(scene: Scene) -> None:
    scene.finds("routine")
    scene.stub.add_client_error("send_message_batch", "AccessDenied", "the key of Jane Doe", http_status_code=403)
    (failure,) = scene.client.send([_message()]).failed
    assert not failure.retryable
    assert "AccessDenied" in failure.reason
    assert "Jane" not in failure.reason


def test_a_throttled_call_may_be_repeated(scene: Scene) -> None:
    scene.finds("routine")
    scene.stub.add_client_error("send_message_batch", "RequestThrottled", http_status_code=400)
    assert scene.client.send([_message()]).failed[0].retryable


def test_an_endpoint_that_does_not_answer_is_worth_another_try(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(scene.sqs, "get_queue_url", unreachable)
    (failure,) = scene.client.send([_message()]).failed
    assert failure.retryable
    assert "EndpointConnectionError" in failure.reason


def test_a_body_that_is_too_large_is_not_sent_at_all(scene: Scene) -> None:
    crowd = [user(f"u-{n:0>120}") for n in range(500)]
    big = new_notification(tenant="northshore", to=crowd, title="x", body="\u20ac" * 4000)
    (failure,) = scene.client.send([big]).failed
    assert "65,536" in failure.reason
    assert not failure.retryable


def test_the_strict_client_refuses_a_text_that_an_sms_would_cut(scene: Scene) -> None:
    strict = StatlineClient("ca-central-1", post=Post(scene.sqs), strict_sms_segments=2)
    long: dict[str, Any] = {"body": "x" * 1000, "sensitivity": Sensitivity.OPERATIONAL}
    scene.finds("routine")
    scene.takes("routine", 1)
    report = strict.send([_message(1, **long), _message(2, channels=[Channel.PUSH], **long)])
    assert [sent.id for sent in report.sent] == ["n-2"]
    assert "more than 2 segments" in report.failed[0].reason


def test_a_strict_client_lets_patient_content_pass_because_an_sms_holds_none(scene: Scene) -> None:
    strict = StatlineClient("ca-central-1", post=Post(scene.sqs), strict_sms_segments=1)
    scene.finds("routine")
    scene.takes("routine", 1)
    assert strict.send([_message(1, body="x" * 1000)]).ok


def test_queues_that_are_given_are_not_looked_up(scene: Scene) -> None:
    client = StatlineClient("ca-central-1", post=Post(scene.sqs), queues={Priority.ROUTINE: f"{URL}-mine"})
    scene.takes("mine", 1)
    assert client.send([_message()]).ok


def test_only_routine_messages_are_grouped_by_tenant(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []

    def take(**call: Any) -> dict[str, Any]:
        seen.extend(call["Entries"])
        return {"Successful": [{"Id": entry["Id"], "MessageId": "m"} for entry in call["Entries"]]}

    monkeypatch.setattr(scene.sqs, "send_message_batch", take)
    client = StatlineClient("ca-central-1", post=Post(scene.sqs), queues=dict.fromkeys(Priority, URL))
    client.send([_message(1), _message(2, priority=Priority.STAT)])
    groups = {json.loads(entry["MessageBody"])["priority"]: entry.get("MessageGroupId") for entry in seen}
    assert groups == {"routine": "northshore", "stat": None}


def test_a_batch_is_never_larger_than_sqs_takes() -> None:
    letters = [Letter("x" * 300_000) for _ in range(7)]
    sizes = [sum(letter.size for letter in batch) for batch in batches(letters)]
    assert max(sizes) <= BATCH_BYTES
    assert sum(sizes) == 7 * 300_000
