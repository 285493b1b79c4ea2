"""Dead addresses go on the queue in batches, named by the token's digest and never by the token."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from functions.core.adapters.queues.address_book import QueuedAddressBook
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, Screen, digest
from statline.contract.words import Channel, Kind, Priority

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def _delivery(number: int) -> Delivery:
    return Delivery(
        key=DeliveryKey(
            tenant="northshore",
            notification="n-1",
            recipient=f"u-{number}",
            channel=Channel.PUSH,
            endpoint=f"d-{number}",
        ),
        priority=Priority.ROUTINE,
        kind=Kind.MESSAGE,
        address=f"secret-token-{number}",
        screen=Screen(title="x", body=""),
        sent_at=NOW,
        routed_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


def _book(monkeypatch: pytest.MonkeyPatch, send: Any) -> QueuedAddressBook:
    sqs = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x").client("sqs", "ca-central-1")
    monkeypatch.setattr(sqs, "send_message_batch", send)
    return QueuedAddressBook(sqs, "https://sqs.example/statline-directory-changes")


def test_each_dead_device_is_reported_once_by_its_tokens_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[dict[str, str]]] = []
    _book(monkeypatch, lambda **call: calls.append(call["Entries"])).report_dead([_delivery(n) for n in range(12)])
    assert [len(entries) for entries in calls] == [10, 2]
    reports = [json.loads(entry["MessageBody"]) for entries in calls for entry in entries]
    assert [report["token_digest"] for report in reports] == [digest(f"secret-token-{n}") for n in range(12)]
    assert (reports[0]["user"], reports[0]["device"]) == ("u-0", "d-0")
    assert "secret-token" not in json.dumps(calls)


def test_a_queue_that_is_away_does_not_stop_the_push(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def away(**call: object) -> None:
        calls.append(call)
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    _book(monkeypatch, away).report_dead([_delivery(1)])
    assert len(calls) == 1
