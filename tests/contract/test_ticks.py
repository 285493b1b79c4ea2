"""A minute's ticks: sent with their delay, read back with their moment (moto)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from functions.core.adapters.queues.ticks import MalformedTickError, moment_of, send_ticks, tick_of
from functions.core.domain.errors import QueueUnavailableError
from tests.contract.tables import CREDENTIALS, REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MINUTE = datetime(2026, 11, 22, 10, 4, tzinfo=UTC)
OFFSETS = tuple(timedelta(seconds=s) for s in (0, 15, 30, 45))


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator["SQSClient"]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


def _sent(sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch, now: datetime) -> list[dict[str, Any]]:
    """The entries of the call, which the queue took: what moto keeps of a delay cannot be read back."""
    url = sqs.create_queue(QueueName="ticks")["QueueUrl"]
    calls: list[dict[str, Any]] = []
    send = sqs.send_message_batch

    def spy(**call: Any) -> Any:
        calls.append(call)
        return send(**call)

    monkeypatch.setattr(sqs, "send_message_batch", spy)
    send_ticks(sqs, url, MINUTE, OFFSETS, lambda: now)
    return [entry for call in calls for entry in call["Entries"]]


def test_each_tick_comes_at_its_moment_however_late_the_event_is(
    sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = _sent(sqs, monkeypatch, MINUTE + timedelta(seconds=16))
    assert [entry["DelaySeconds"] for entry in entries] == [0, 0, 14, 29]
    assert [tick_of({"body": entry["MessageBody"]}) for entry in entries] == [MINUTE + offset for offset in OFFSETS]


def test_a_tick_names_its_moment_and_nothing_else(sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch) -> None:
    entries = _sent(sqs, monkeypatch, MINUTE)
    assert json.loads(entries[1]["MessageBody"]) == {"moment": "2026-11-22T10:04:15+00:00"}


def test_an_event_that_comes_twice_makes_the_same_ticks(sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch) -> None:
    first = _sent(sqs, monkeypatch, MINUTE)
    again = _sent(sqs, monkeypatch, MINUTE + timedelta(seconds=40))
    assert [entry["MessageBody"] for entry in first] == [entry["MessageBody"] for entry in again]


def test_a_queue_that_is_not_there_is_an_error(sqs: "SQSClient") -> None:
    with pytest.raises(QueueUnavailableError):
        send_ticks(sqs, "https://sqs.ca-central-1.amazonaws.com/123456789012/none", MINUTE, OFFSETS, lambda: MINUTE)


def test_a_queue_out_of_reach_is_an_error(sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(sqs, "send_message_batch", away)
    with pytest.raises(QueueUnavailableError):
        send_ticks(sqs, "ticks", MINUTE, OFFSETS, lambda: MINUTE)


def test_one_tick_that_the_queue_left_out_is_an_error(sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqs, "send_message_batch", lambda **_: {"Successful": [], "Failed": [{"Id": "2"}]})
    with pytest.raises(QueueUnavailableError, match="1 of 4"):
        send_ticks(sqs, "ticks", MINUTE, OFFSETS, lambda: MINUTE)


def test_the_moment_of_an_event_is_its_time() -> None:
    assert moment_of({"time": "2026-11-22T10:04:00Z"}) == MINUTE


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"moment": 4}', '{"moment": "soon"}', '{"moment": "2026-11-22T10:04:00"}']
)
def test_a_message_that_names_no_moment_is_told_from_a_tick(body: str) -> None:
    with pytest.raises(MalformedTickError):
        tick_of({"body": body})
