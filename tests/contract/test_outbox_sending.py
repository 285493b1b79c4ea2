"""What every `Outbox` and `Quarantine` does: the same cases on the fakes and on SQS (moto)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.core.adapters.queues import outbox as sqs_outbox
from functions.core.adapters.queues.outbox import SqsOutbox
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.domain.delivering.delivery import Delivery, Screen
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.ports.delivering import Outbox, Quarantine
from statline.contract.words import Channel, Priority
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.deliveries import a_delivery, a_fallback
from tests.fakes.queues import FakeOutbox, FakeQuarantine

PUSH, SMS = Channel.PUSH, Channel.SMS
ROUTINE, STAT = Priority.ROUTINE, Priority.STAT
QUEUES = {channel: {lane: f"{channel}-{lane}" for lane in Priority} for channel in Channel}


@dataclass
class Subject:
    """An outbox, what is on a queue, and a way to close one."""

    outbox: Outbox
    on_queue: Callable[[Channel, Priority], list[Delivery]]
    close: Callable[[Channel, Priority], object]


def _fake() -> Subject:
    fake = FakeOutbox()

    def on_queue(channel: Channel, lane: Priority) -> list[Delivery]:
        return [each for each in fake.sent if (each.key.channel, each.priority) == (channel, lane)]

    return Subject(fake, on_queue, lambda channel, lane: fake.closed.add((channel, lane)))


def _sqs() -> Subject:
    client = boto3.client("sqs", region_name=REGION)
    urls = {
        channel: {lane: client.create_queue(QueueName=name)["QueueUrl"] for lane, name in lanes.items()}
        for channel, lanes in QUEUES.items()
    }

    def on_queue(channel: Channel, lane: Priority) -> list[Delivery]:
        found = []
        while answer := client.receive_message(QueueUrl=urls[channel][lane], MaxNumberOfMessages=10).get("Messages"):
            found += [Delivery.model_validate_json(each["Body"]) for each in answer]
        return found

    return Subject(SqsOutbox(client, urls), on_queue, lambda c, lane: client.delete_queue(QueueUrl=urls[c][lane]))


@pytest.fixture(params=[_fake, _sqs], ids=["fake", "sqs"])
def subject(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield request.param()


def many(number: int, *args: Any) -> list[Delivery]:
    return [a_delivery(*args, recipient=f"u-{each}") for each in range(number)]


def by_recipient(deliveries: list[Delivery]) -> list[Delivery]:
    return sorted(deliveries, key=lambda delivery: delivery.key.recipient)


def test_each_delivery_goes_to_the_queue_of_its_channel_and_lane(subject: Subject) -> None:
    routine, text = a_delivery(PUSH, ROUTINE), a_delivery(SMS, STAT, roles=("lead",), fallbacks=(a_fallback(),))
    assert subject.outbox.send([routine, text]) == []
    assert subject.on_queue(PUSH, ROUTINE) == [routine]
    assert subject.on_queue(SMS, STAT) == [text]
    assert subject.on_queue(PUSH, STAT) == []


def test_more_deliveries_than_a_call_takes_are_all_sent(subject: Subject) -> None:
    deliveries = many(37, PUSH, STAT)
    assert subject.outbox.send(deliveries) == []
    assert by_recipient(subject.on_queue(PUSH, STAT)) == by_recipient(deliveries)


def test_nothing_to_send_is_nothing_left_over(subject: Subject) -> None:
    assert subject.outbox.send([]) == []


def test_what_no_queue_took_is_answered_and_the_rest_is_sent(subject: Subject) -> None:
    subject.close(SMS, STAT)
    pushes, texts = many(3, PUSH, STAT), many(12, SMS, STAT)
    assert by_recipient(subject.outbox.send([*texts, *pushes])) == by_recipient(texts)
    assert by_recipient(subject.on_queue(PUSH, STAT)) == pushes


@pytest.mark.parametrize("text", ["\ufffe", "\uffff", "\x00\x0b", "a\tb\r\nc", "\U0001f6a8 \U0010ffff", '"\\'])
def test_any_text_that_a_producer_may_send_arrives_as_it_was(subject: Subject, text: str) -> None:
    delivery = a_delivery(screen=Screen(title=f"[{text}]", body=text))
    assert subject.outbox.send([delivery]) == []
    assert subject.on_queue(PUSH, ROUTINE) == [delivery]


# SQS only


@dataclass
class Recorder:
    """Stands for the SQS client: remembers the calls, and does not take what ``refuses`` says."""

    refuses: frozenset[str] = frozenset()
    calls: list[dict[str, Any]] = field(default_factory=list)

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        self.calls.append(call)
        return {"Failed": [{"Id": entry["Id"]} for entry in call["Entries"] if entry["Id"] in self.refuses]}


def test_entries_that_sqs_refused_are_answered() -> None:
    client: Any = Recorder(refuses=frozenset({"1", "4"}))
    deliveries = many(5, PUSH, ROUTINE)
    assert SqsOutbox(client, QUEUES).send(deliveries) == [deliveries[1], deliveries[4]]


def test_only_routine_messages_carry_their_tenant_as_the_group_to_be_fair_by() -> None:
    client: Any = Recorder()
    SqsOutbox(client, QUEUES).send(
        [a_delivery(PUSH, ROUTINE), a_delivery(PUSH, STAT), a_delivery(PUSH, Priority.URGENT)]
    )
    groups = {call["QueueUrl"]: call["Entries"][0].get("MessageGroupId") for call in client.calls}
    assert groups == {"push-routine": "northshore", "push-stat": None, "push-urgent": None}


def test_a_character_that_sqs_takes_in_no_body_is_escaped() -> None:
    client: Any = Recorder()
    SqsOutbox(client, QUEUES).send([a_delivery(screen=Screen(title="\ufffe", body="\x7f\uffff \u00e9 \U0001f6a8"))])
    ((entry,),) = (call["Entries"] for call in client.calls)
    assert not {"\ufffe", "\uffff"} & set(entry["MessageBody"])
    assert {"\u00e9", "\U0001f6a8"} <= set(entry["MessageBody"])


def test_a_batch_stays_below_what_sqs_takes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    deliveries = [a_delivery(recipient=f"u-{n}", screen=Screen(title="t", body="\u00e9" * 1000)) for n in range(20)]
    limit = 5_000
    monkeypatch.setattr(sqs_outbox, "BATCH_BYTES", limit)
    client: Any = Recorder()
    SqsOutbox(client, QUEUES).send(deliveries)
    sizes = [[len(entry["MessageBody"].encode()) for entry in call["Entries"]] for call in client.calls]
    assert sum(len(batch) for batch in sizes) == 20
    assert max(map(sum, sizes)) <= limit
    assert max(map(len, sizes)) > 1


@pytest.fixture(params=["fake", "sqs"])
def quarantine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Quarantine, Callable[[], list[tuple[str, str]]], Callable[[], object]]]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    if request.param == "fake":
        fake = FakeQuarantine()
        yield fake, lambda: fake.kept, lambda: setattr(fake, "away", True)
        return
    with mock_aws():
        client = boto3.client("sqs", region_name=REGION)
        url = client.create_queue(QueueName="quarantine")["QueueUrl"]

        def kept() -> list[tuple[str, str]]:
            answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            return [(m["Body"], m["MessageAttributes"]["reason"]["StringValue"]) for m in answer.get("Messages", [])]

        yield QuarantineQueue(client, url), kept, lambda: client.delete_queue(QueueUrl=url)


def test_a_body_is_kept_as_it_came_with_its_reason(
    quarantine: tuple[Quarantine, Callable[[], list[tuple[str, str]]], Callable[[], object]],
) -> None:
    port, kept, _ = quarantine
    body = json.dumps({"title": "é"}) + " no json"
    port.keep(body, "not_json")
    assert kept() == [(body, "not_json")]


def test_a_quarantine_that_takes_nothing_says_so(
    quarantine: tuple[Quarantine, Callable[[], list[tuple[str, str]]], Callable[[], object]],
) -> None:
    port, _, close = quarantine
    close()
    with pytest.raises(QueueUnavailableError):
        port.keep("?", "not_json")
