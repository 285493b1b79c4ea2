"""The function that looks for the oldest outstanding delivery, on the table that the others write."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.stream import event_of
from functions.core.domain.routing.plan import Plan
from functions.outstanding import handler as outstanding
from functions.outstanding import wiring
from functions.push import handler as push
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.integration.channels.region import STATE, Region

MINUTE = {"source": "aws.events", "detail-type": "Scheduled Event", "time": "2026-01-10T12:00:00Z"}
TICK = {"Records": [{"messageId": "t-1", "body": json.dumps({"moment": NOON.isoformat()})}]}


def a_stat() -> Plan:
    """A stat by push and text, routed at noon."""
    deliveries = (a_delivery(Channel.PUSH, Priority.STAT), a_delivery(Channel.SMS, Priority.STAT))
    return Plan(
        tenant="northshore",
        notification="n-1",
        digest="0" * 32,
        producer="ward-app",
        priority=Priority.STAT,
        kind=Kind.CODE,
        sent_at=NOON,
        routed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        deliveries=deliveries,
    )


@pytest.fixture
def route(region: Region) -> Plan:
    """Keep the stat and put its deliveries on their queues, as the router does."""
    plan = a_stat()
    NotificationTable(create_client("dynamodb"), STATE).keep(plan)
    region.put(*plan.deliveries)
    return plan


def look(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, seconds: float) -> dict[str, float]:
    """A tick so many seconds after noon: the age of each channel of the stat lane."""
    monkeypatch.setattr(wiring, "utc_now", lambda: NOON + timedelta(seconds=seconds))
    wiring.wire.cache_clear()
    capsys.readouterr()
    assert outstanding.handle(TICK, None) == {"batchItemFailures": []}
    lines: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [line for line in lines if "OldestOutstandingSeconds" in line]
    assert len(found) == len(Priority) * len(Channel)
    return {line["Channel"]: line["OldestOutstandingSeconds"] for line in found if line["Lane"] == "stat"}


@pytest.mark.usefixtures("route")
def test_a_stat_is_outstanding_on_each_channel_until_its_provider_has_taken_it(
    region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look(monkeypatch, capsys, seconds=1) == {"push": 1.0, "sms": 1.0, "voice": 0.0}

    push.handle(region.batch(Channel.PUSH, Priority.STAT), region.context())
    assert look(monkeypatch, capsys, seconds=30) == {"push": 0.0, "sms": 30.0, "voice": 0.0}
    assert any("due_shard" in row for row in region.rows())

    assert look(monkeypatch, capsys, seconds=3600) == {"push": 0.0, "sms": 0.0, "voice": 0.0}
    assert not any("due_shard" in row for row in region.rows())


@pytest.mark.usefixtures("route")
def test_taking_a_notification_off_the_list_is_told_to_no_producer(
    region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look(monkeypatch, capsys, seconds=3600)
    rows = [row["dynamodb"] for row in region.stream()]
    assert [event_of(row) is not None for row in rows] == [True, False]


def test_a_minutes_event_puts_its_ticks_on_the_queue(region: Region) -> None:
    assert outstanding.handle(MINUTE, None) == {"batchItemFailures": []}
    attributes = region.sqs.get_queue_attributes(QueueUrl=region.ticks, AttributeNames=["All"])["Attributes"]
    waiting = int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesDelayed"])
    assert waiting == 6
