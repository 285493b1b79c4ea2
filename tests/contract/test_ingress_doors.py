"""What every `Doors` does, on the fake and on SQS (moto), and how a report waits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from functions.core.adapters.queues.ingress_doors import IngressDoors
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.ports.routing import Doors
from functions.core.domain.routing.reading import read_notification
from functions.roll_call.report_queue import LONGEST_SECONDS, ReportQueue
from functions.roll_call.rolls import Report
from statline.contract.notification import Notification
from statline.contract.words import Priority
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.doors import FakeDoors
from tests.fakes.messages import a_notification

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ODD = "Bett 12: \x01 ￿ \U0001f6d1 é"


@dataclass
class Subject:
    """Doors, what lies on a lane, and a way to close them."""

    doors: Doors
    on_lane: Callable[[Priority], list[Notification]]
    close: Callable[[], None]


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator["SQSClient"]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture(params=["fake", "sqs"])
def subject(request: pytest.FixtureRequest, sqs: "SQSClient") -> Subject:
    if request.param == "fake":
        fake = FakeDoors()

        def shut() -> None:
            fake.closed = True

        return Subject(fake, lambda lane: [each for each in fake.sent if each.priority is lane], shut)
    urls = {lane: sqs.create_queue(QueueName=f"ingress-{lane}")["QueueUrl"] for lane in Priority}

    def on_lane(lane: Priority) -> list[Notification]:
        found = sqs.receive_message(QueueUrl=urls[lane], MaxNumberOfMessages=10).get("Messages", [])
        read = [read_notification(each["Body"]) for each in found]
        return [each for each in read if isinstance(each, Notification)]

    def close() -> None:
        for url in urls.values():
            sqs.delete_queue(QueueUrl=url)

    return Subject(IngressDoors(sqs, urls), on_lane, close)


@pytest.mark.parametrize("lane", Priority)
def test_a_notification_goes_in_by_its_own_lane_as_the_router_reads_it(subject: Subject, lane: Priority) -> None:
    message = a_notification(priority=lane, content={"title": "Page 4471", "body": ODD})

    subject.doors.send(message)

    assert subject.on_lane(lane) == [message]
    assert [subject.on_lane(other) for other in Priority if other is not lane] == [[], []]


def test_a_closed_door_is_said(subject: Subject) -> None:
    subject.close()

    with pytest.raises(QueueUnavailableError):
        subject.doors.send(a_notification())


def test_a_routine_notification_shares_the_lane_by_its_tenant(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="routine")["QueueUrl"]

    IngressDoors(sqs, {Priority.ROUTINE: url}).send(a_notification(tenant="northshore"))

    (message,) = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["MessageGroupId"])["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "northshore"


REPORT = Report(tenant="northshore", team="stroke", notification="roll-call.stroke.20260110T1200Z")


def test_a_report_waits_for_its_time(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="roll-calls")["QueueUrl"]

    ReportQueue(sqs, url, 600).later(REPORT)

    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesDelayed"])
    assert asked["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_report_that_need_not_wait_is_read_as_it_was(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="roll-calls")["QueueUrl"]

    ReportQueue(sqs, url, 0).later(REPORT)

    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert Report.model_validate_json(message["Body"]) == REPORT


def test_a_longer_wait_than_sqs_allows_is_cut_to_it(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="roll-calls")["QueueUrl"]
    asked: list[int] = []
    sqs.meta.events.register(
        "provide-client-params.sqs.SendMessage", lambda params, **_: asked.append(params["DelaySeconds"])
    )

    ReportQueue(sqs, url, LONGEST_SECONDS + 1).later(REPORT)

    assert asked == [LONGEST_SECONDS]


def test_a_queue_that_takes_no_report_is_said(sqs: "SQSClient") -> None:
    with pytest.raises(QueueUnavailableError):
        ReportQueue(sqs, "https://sqs.ca-central-1.amazonaws.com/123456789012/none", 600).later(REPORT)
