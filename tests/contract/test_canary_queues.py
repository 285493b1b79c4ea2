"""What the canary puts on queues (moto) is what their consumers read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from functions.canary.canaries import APART, LANES, canaries_at, lane_at
from functions.canary.queues import DirectoryChangesQueue, IngressQueues, TickQueue
from functions.canary.recipients import entries
from functions.canary.settings import TENANT
from functions.core.adapters.queues.ticks import tick_of
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.routing.reading import read_notification
from functions.core.services.directory_changes import read_word
from statline.contract.notification import Notification
from statline.contract.words import Channel, Priority
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.clock import NOON, FakeClock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ADDRESSES = {Channel.PUSH: "token-of-the-test-device", Channel.SMS: "+14165550150", Channel.VOICE: "+14165550151"}
NOWHERE = "https://sqs.ca-central-1.amazonaws.com/123456789012/none"


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator["SQSClient"]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


def queue(sqs: "SQSClient", name: str) -> str:
    return sqs.create_queue(QueueName=name)["QueueUrl"]


def taken(sqs: "SQSClient", url: str) -> list[Any]:
    found = []
    while batch := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages"):
        found += batch
    return found


def by_lane() -> dict[Priority, list[Notification]]:
    """One turn of each lane."""
    return {
        lane: [canary.notification(NOON) for canary in canaries_at(NOON + APART * number, ADDRESSES, {})]
        for number, lane in enumerate(LANES)
    }


def test_each_lanes_queue_gets_its_canaries_as_the_router_reads_them(sqs: "SQSClient") -> None:
    urls = {lane: queue(sqs, f"ingress-{lane}") for lane in Priority}
    for lane, wanted in by_lane().items():
        IngressQueues(sqs, urls).send(lane, wanted)
        assert [read_notification(message["Body"]) for message in taken(sqs, urls[lane])] == wanted


def test_a_routine_canary_has_its_share_of_a_fair_queue(sqs: "SQSClient") -> None:
    urls = {lane: queue(sqs, f"ingress-{lane}") for lane in Priority}
    groups = {}
    for lane, batch in by_lane().items():
        IngressQueues(sqs, urls).send(lane, batch)
        groups[lane] = {m.get("Attributes", {}).get("MessageGroupId") for m in taken(sqs, urls[lane])}
    assert groups == {Priority.STAT: {None}, Priority.URGENT: {None}, Priority.ROUTINE: {TENANT}}


def test_a_queue_that_takes_nothing_is_an_error(sqs: "SQSClient") -> None:
    with pytest.raises(QueueUnavailableError):
        IngressQueues(sqs, {Priority.STAT: NOWHERE}).send(Priority.STAT, by_lane()[Priority.STAT])


def test_the_directory_function_reads_what_it_is_told_of_the_recipients(sqs: "SQSClient") -> None:
    url = queue(sqs, "directory-changes")
    DirectoryChangesQueue(sqs, url).tell(entries(ADDRESSES, NOON))
    assert [read_word(message["Body"]) for message in taken(sqs, url)] == list(entries(ADDRESSES, NOON))


def test_a_minutes_ticks_are_four_for_each_lane_and_each_comes_at_its_moment(
    sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []

    def taken_in(**call: Any) -> dict[str, Any]:
        calls.append(call)
        return {}

    monkeypatch.setattr(sqs, "send_message_batch", taken_in)
    TickQueue(sqs, "ticks", FakeClock(NOON - timedelta(seconds=43))).send(NOON)
    entries = [entry for call in calls for entry in call["Entries"]]
    moments = [tick_of({"body": entry["MessageBody"]}) for entry in entries]
    assert sorted(moments) == [NOON + APART * number for number in range(12)]
    assert {lane_at(moment) for moment in moments[:4]} == {Priority.STAT}
    assert [NOON + timedelta(seconds=entry["DelaySeconds"] - 43) for entry in entries] == moments
