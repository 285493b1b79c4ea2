"""Deliveries for tests: believable defaults, every field open to change."""

from datetime import timedelta
from typing import Any

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, Endpoint, Fallback, PushStyle, Screen
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.clock import NOON


def a_delivery(
    channel: Channel = Channel.PUSH,
    priority: Priority = Priority.ROUTINE,
    *,
    notification: str = "n-1",
    recipient: str = "u-17",
    **changes: Any,
) -> Delivery:
    """One delivery, sent and routed at noon, good for an hour."""
    key = DeliveryKey(
        tenant="northshore", notification=notification, recipient=recipient, channel=channel, endpoint="e-1"
    )
    delivery = Delivery(
        key=key,
        priority=priority,
        kind=Kind.MESSAGE,
        address="token-of-e-1" if channel is Channel.PUSH else "+14165550123",
        screen=Screen(title="New message", body="Open the app."),
        push=PushStyle(collapse_id=key.id),
        sent_at=NOON,
        routed_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
    return delivery.model_copy(update=changes)


def a_fallback(channel: Channel = Channel.VOICE) -> Fallback:
    """Another way to the same recipient."""
    return Fallback(
        endpoint=Endpoint(channel=channel, id="e-2", address="+14165550188"),
        screen=Screen(title="Urgent page", body="Call back."),
    )
