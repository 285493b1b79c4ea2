"""What every `Escalation` does: the same cases on the fake and on SQS (moto); and how a look lies in a message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.core.adapters.queues.escalation_queue import EscalationQueue, MalformedLookError, body_of, read_look
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.ports.escalation import Escalation
from tests.contract.tables import CREDENTIALS, REGION
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.escalation import FakeEscalation

LOOK = Look("northshore", "code-1")


@dataclass
class Subject:
    """The port, what lies on the queue, and a way to take the queue away."""

    escalation: Escalation
    looks: Callable[[], list[Look]]
    close: Callable[[], object]


class _Recording:
    """An SQS client that keeps what it was asked for."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.entries: list[dict[str, Any]] = []

    def send_message_batch(self, **request: Any) -> Any:
        answer = self._client.send_message_batch(**request)
        self.entries += request["Entries"]
        return answer


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Recording]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield _Recording(boto3.client("sqs", region_name=REGION))


@pytest.fixture
def url(sqs: _Recording) -> str:
    return str(sqs._client.create_queue(QueueName="statline-escalation")["QueueUrl"])


@pytest.fixture(params=["fake", "sqs"])
def subject(request: pytest.FixtureRequest, sqs: _Recording, url: str) -> Subject:
    if request.param == "fake":
        fake = FakeEscalation()
        return Subject(fake, lambda: list(fake.looks), lambda: setattr(fake, "away", True))
    return Subject(
        EscalationQueue(sqs, url, FakeClock()),  # type: ignore[arg-type]
        lambda: [read_look(entry["MessageBody"]) for entry in sqs.entries],
        lambda: sqs._client.delete_queue(QueueUrl=url),
    )


def test_looks_arrive_as_they_were_asked_for(subject: Subject) -> None:
    timer = Look("northshore", "code-1", "stroke/airway", NOON + timedelta(seconds=12.345), hops=7)
    subject.escalation.look([LOOK, timer])
    assert subject.looks() == [LOOK, timer]


def test_more_looks_than_a_batch_takes_all_arrive(subject: Subject) -> None:
    looks = [Look("northshore", f"code-{number}") for number in range(23)]
    subject.escalation.look(looks)
    assert subject.looks() == looks


def test_no_looks_are_no_call(subject: Subject) -> None:
    subject.close()  # a call would raise
    subject.escalation.look([])
    assert subject.looks() == []


def test_a_queue_that_takes_nothing_is_a_temporary_trouble(subject: Subject) -> None:
    subject.close()
    with pytest.raises(QueueUnavailableError):
        subject.escalation.look([LOOK])


# SQS only


@pytest.mark.parametrize(
    ("seconds", "delay"),
    [(None, 0), (-30, 0), (0, 0), (0.001, 1), (4.2, 5), (60, 60), (899.5, 900), (900, 900), (3600, 900)],
)
def test_a_timer_is_a_delay_rounded_up_and_at_most_what_sqs_takes(
    sqs: _Recording, url: str, seconds: float | None, delay: int
) -> None:
    wake_at = None if seconds is None else NOON + timedelta(seconds=seconds)
    EscalationQueue(sqs, url, FakeClock()).look([Look("northshore", "code-1", "leader", wake_at)])  # type: ignore[arg-type]
    assert [entry["DelaySeconds"] for entry in sqs.entries] == [delay]


def test_one_activations_many_looks_do_not_go_before_anothers_timer(sqs: _Recording, url: str) -> None:
    """A fair queue shares by group, and an activation is one, whoever asks for the look."""
    timer = Look("northshore", "code-1", "leader", NOON + timedelta(seconds=60))
    looks = [LOOK, timer, Look("northshore", "code-2"), Look("southshore", "code-1")]
    EscalationQueue(sqs, url, FakeClock()).look(looks)  # type: ignore[arg-type]
    first, second, *others = [entry["MessageGroupId"] for entry in sqs.entries]
    assert first == second
    assert len({first, *others}) == 3


def test_looks_that_the_queue_leaves_out_are_told_of(url: str) -> None:
    class Reluctant:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "1"}]}

    with pytest.raises(QueueUnavailableError, match="1 of 2"):
        EscalationQueue(Reluctant(), url, FakeClock()).look([LOOK, LOOK])  # type: ignore[arg-type]


def test_a_look_written_by_a_later_version_is_read() -> None:
    assert read_look('{"version":2,"tenant":"t","activation":"a","new":true}') == Look("t", "a")


def test_a_plain_look_says_no_more_than_it_must() -> None:
    assert body_of(LOOK) == '{"version":1,"tenant":"northshore","activation":"code-1"}'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"tenant":"t"}',
        '{"tenant":"","activation":"a"}',
        '{"tenant":"t","activation":7}',
        '{"tenant":"t","activation":"a","wake_at":"soon"}',
        '{"tenant":"t","activation":"a","wake_at":"2026-01-10T12:00:00"}',
        '{"tenant":"t","activation":"a","hops":"many"}',
    ],
)
def test_what_is_no_look_is_a_permanent_trouble(body: str) -> None:
    with pytest.raises(MalformedLookError):
        read_look(body)
