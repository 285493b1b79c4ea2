"""What FCM gets for a delivery: its message is built with firebase-admin's classes, which check its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from firebase_admin import messaging  # type: ignore[import-untyped] # ships no types

from functions.core.domain.delivering.delivery import Delivery, PushStyle
from statline.contract.words import Priority

LONGEST_LIFE = timedelta(days=28)
"""The longest time that FCM keeps a message for a device that is away."""


@dataclass(frozen=True, slots=True)
class _Urgency:
    android: str
    apns: str


_URGENCY: Mapping[Priority, _Urgency] = {
    Priority.STAT: _Urgency(android="high", apns="10"),
    Priority.URGENT: _Urgency(android="high", apns="10"),
    Priority.ROUTINE: _Urgency(android="normal", apns="5"),
}

_SOUNDS: Mapping[str, Any] = {
    "passive": None,
    "active": "default",
    "time-sensitive": "default",
    # Sounds through silence and focus; iOS plays it only where the app has Apple's critical-alert entitlement.
    "critical": messaging.CriticalSound("default", critical=True, volume=1.0),
}


def push_request(delivery: Delivery, now: datetime) -> str:
    """FCM's JSON for sending one delivery; of a rehearsed one, for checking it: no device gets that.

    FCM looks at the form and at the token then, and does not ask Apple.
    """
    only_checked = ',"validate_only":true' if delivery.rehearsed else ""
    return f'{{"message":{push_message(delivery, now)}{only_checked}}}'


def push_message(delivery: Delivery, now: datetime) -> str:
    """The message of one delivery, as JSON. The same one always has the same collapse id: a device shows it once.

    Its data is what the app's backend names when it reports that the push arrived, or what its user answered
    (docs/app-backend.md).
    """
    style = delivery.push or PushStyle(collapse_id=delivery.key.id)
    message = messaging.Message(
        notification=messaging.Notification(title=delivery.screen.title, body=delivery.screen.body),
        data={
            "statline_delivery": delivery.key.id,
            "statline_tenant": delivery.key.tenant,
            "statline_notification": delivery.key.notification,
            "statline_user": delivery.key.recipient,
            "statline_device": delivery.key.endpoint,
            "statline_asks": "yes" if delivery.roles else "no",
            "kind": delivery.kind.value,
            "priority": delivery.priority.value,
        },
        android=_android(delivery, style, now),
        apns=_apns(delivery, style),
    )
    # Set afterwards: the constructor warns at every message that installation ids are to replace tokens. The app
    # would have to send those first.
    message.token = delivery.address
    return str(message)


def _android(delivery: Delivery, style: PushStyle, now: datetime) -> messaging.AndroidConfig:
    left = min(max(delivery.expires_at - now, timedelta()), LONGEST_LIFE)
    return messaging.AndroidConfig(
        priority=_URGENCY[delivery.priority].android,
        ttl=int(left.total_seconds()),
        # The key replaces what waits at FCM, the tag what the device already shows.
        collapse_key=style.collapse_id,
        notification=messaging.AndroidNotification(
            channel_id=f"statline-{delivery.priority.value}", tag=style.collapse_id
        ),
    )


def _apns(delivery: Delivery, style: PushStyle) -> messaging.APNSConfig:
    return messaging.APNSConfig(
        headers={
            "apns-push-type": "alert",
            "apns-priority": _URGENCY[delivery.priority].apns,
            "apns-expiration": str(int(delivery.expires_at.timestamp())),
            "apns-collapse-id": style.collapse_id,
        },
        payload=messaging.APNSPayload(
            aps=messaging.Aps(
                sound=_SOUNDS[style.interruption],
                thread_id=delivery.kind.value,
                custom_data={"interruption-level": style.interruption},
            )
        ),
    )
