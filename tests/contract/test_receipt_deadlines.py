"""What every `ReceiptDeadlines` does: the same cases on the fake and on the queue."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from functions.core.adapters.channel.entrance import read_delivery
from functions.core.adapters.queues.receipt_deadlines import ReceiptDeadlineQueue
from functions.core.domain.delivering.delivery import Delivery, Screen
from functions.core.domain.delivering.receipt_deadlines import WAITS
from statline.contract.words import Channel, Priority
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.fakes.queues import FakeReceiptDeadlines


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


class Sqs:
    """Hands on to a client, and remembers every entry. The entries of these numbers are not taken."""

    def __init__(self, client: Any, untaken: set[int] | None = None) -> None:
        self._client = client
        self._untaken = untaken or set()
        self.entries: list[dict[str, Any]] = []

    def send_message_batch(self, **call: Any) -> Any:
        first = len(self.entries)
        self.entries += call["Entries"]
        answer = self._client.send_message_batch(**call)
        failed = [{"Id": str(n - first)} for n in self._untaken if first <= n < len(self.entries)]
        return answer | {"Failed": failed}


def stats(number: int, channel: Channel = Channel.SMS) -> list[Delivery]:
    return [
        a_delivery(channel, Priority.STAT, recipient=f"u-{each}", fallbacks=(a_fallback(),)) for each in range(number)
    ]


def queue(sqs: Any, client: Any) -> ReceiptDeadlineQueue:
    return ReceiptDeadlineQueue(sqs, client.create_queue(QueueName="deadlines")["QueueUrl"])


def test_everything_is_taken_however_much_it_is(client: Any) -> None:
    many = stats(23)
    fake = FakeReceiptDeadlines()
    sqs = Sqs(client)
    assert fake.set(many) == queue(sqs, client).set(many) == []
    assert [read_delivery(entry["MessageBody"]) for entry in sqs.entries] == fake.waiting == many


@pytest.mark.parametrize("channel", Channel)
def test_a_deadline_strikes_when_its_channels_time_is_over(client: Any, channel: Channel) -> None:
    sqs = Sqs(client)
    queue(sqs, client).set(stats(1, channel))
    assert [entry["DelaySeconds"] for entry in sqs.entries] == [WAITS[channel].total_seconds()]
    assert WAITS[channel].total_seconds() <= 900


def test_what_the_queue_did_not_take_is_answered(client: Any) -> None:
    many = stats(15)
    assert queue(Sqs(client, {3, 12}), client).set(many) == [many[3], many[12]]
    assert FakeReceiptDeadlines(away=True).set(many) == many


def test_while_the_queue_is_away_nothing_is_taken(client: Any) -> None:
    class Away:
        def send_message_batch(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs")

    many = stats(3)
    assert queue(Away(), client).set(many) == many


def test_a_text_with_characters_that_sqs_forbids_waits_as_well(client: Any) -> None:
    (stat,) = stats(1)
    odd = stat.model_copy(update={"screen": Screen(title="", body="a\x0bb\ufffe")})
    sqs = Sqs(client)
    assert queue(sqs, client).set([odd]) == []
    assert json.loads(sqs.entries[0]["MessageBody"])["screen"]["body"] == odd.screen.body
