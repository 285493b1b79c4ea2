"""Deliveries that lie among the dead, as nobody could deliver them."""

import uuid
from datetime import UTC, datetime, timedelta

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, PushStyle, Screen
from statline.contract.words import Channel, Kind, Priority
from tests.e2e.cast import ALL, phone_of, token_of
from tests.e2e.region import Region

PATIENT = "Jane Doe, potassium 6.9"


def urgent_delivery(region: Region, *, minutes: int, channel: Channel = Channel.PUSH) -> Delivery:
    """An urgent push, or another, whose time is over so many minutes from now."""
    now = datetime.now(UTC)
    notification = f"dead-{uuid.uuid4().hex[:12]}"
    is_push = channel is Channel.PUSH
    return Delivery(
        key=DeliveryKey(
            tenant=region.tenant,
            notification=notification,
            recipient=ALL,
            channel=channel,
            endpoint="device-1" if is_push else "mobile",
        ),
        priority=Priority.URGENT,
        kind=Kind.MESSAGE,
        address=(token_of if is_push else phone_of)(region.tenant, ALL),
        screen=Screen(title="New message", body=PATIENT),
        push=PushStyle(collapse_id=notification) if is_push else None,
        sent_at=now - timedelta(hours=1),
        routed_at=now - timedelta(hours=1),
        expires_at=now + timedelta(minutes=minutes),
    )


def bury(region: Region, delivery: Delivery) -> None:
    """Put it on its dead-letter queue."""
    region.client("sqs").send_message(
        QueueUrl=region.queue(f"{delivery.key.channel}-{delivery.priority}-dlq"),
        MessageBody=delivery.model_dump_json(exclude_defaults=True),
    )
