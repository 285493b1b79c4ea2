import json
from datetime import timedelta
from typing import Any

import pytest

from functions.core.domain.delivering.delivery import Delivery, PushStyle, Screen
from functions.push.fcm_message import push_message
from statline.contract.words import Channel, Kind, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery


def built(delivery: Delivery) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(push_message(delivery, NOON))
    return message


def test_a_stat_code_is_the_whole_message_that_fcm_is_to_get() -> None:
    delivery = a_delivery(
        Channel.PUSH,
        Priority.STAT,
        kind=Kind.CODE,
        screen=Screen(title="Code blue", body="4 West, room 12"),
        push=PushStyle(interruption="critical", collapse_id="c-77"),
    )

    assert built(delivery) == {
        "token": "token-of-e-1",
        "notification": {"title": "Code blue", "body": "4 West, room 12"},
        "data": {
            "statline_delivery": delivery.key.id,
            "statline_tenant": "northshore",
            "statline_notification": "n-1",
            "statline_user": "u-17",
            "statline_device": "e-1",
            "statline_asks": "no",
            "kind": "code",
            "priority": "stat",
        },
        "android": {
            "priority": "high",
            "ttl": "3600s",
            "collapse_key": "c-77",
            "notification": {"channel_id": "statline-stat", "tag": "c-77"},
        },
        "apns": {
            "headers": {
                "apns-push-type": "alert",
                "apns-priority": "10",
                "apns-expiration": "1768050000",
                "apns-collapse-id": "c-77",
            },
            "payload": {
                "aps": {
                    "sound": {"critical": 1, "name": "default", "volume": 1.0},
                    "thread-id": "code",
                    "interruption-level": "critical",
                }
            },
        },
    }


@pytest.mark.parametrize(
    ("priority", "android", "apns"),
    [(Priority.STAT, "high", "10"), (Priority.URGENT, "high", "10"), (Priority.ROUTINE, "normal", "5")],
)
def test_only_routine_waits_for_a_device_to_wake(priority: Priority, android: str, apns: str) -> None:
    message = built(a_delivery(Channel.PUSH, priority))

    assert message["android"]["priority"] == android
    assert message["apns"]["headers"]["apns-priority"] == apns
    assert message["android"]["notification"]["channel_id"] == f"statline-{priority.value}"


@pytest.mark.parametrize(
    ("left", "ttl"),
    [
        (timedelta(days=40), "2419200s"),
        (timedelta(minutes=2), "120s"),
        (timedelta(seconds=1.9), "1s"),
        (timedelta(seconds=-5), "0s"),
    ],
)
def test_fcm_keeps_a_push_no_longer_than_it_is_good_for(left: timedelta, ttl: str) -> None:
    assert built(a_delivery(expires_at=NOON + left))["android"]["ttl"] == ttl


@pytest.mark.parametrize("interruption", ["passive", "active", "time-sensitive"])
def test_a_push_that_is_not_critical_has_no_critical_sound(interruption: Any) -> None:
    aps = built(a_delivery(push=PushStyle(interruption=interruption, collapse_id="c")))["apns"]["payload"]["aps"]

    assert aps["interruption-level"] == interruption
    assert aps.get("sound") == (None if interruption == "passive" else "default")


def test_every_attempt_at_a_delivery_shows_as_one_message() -> None:
    delivery = a_delivery(push=None)

    first, second = (built(delivery) for _ in range(2))

    assert first == second
    assert first["apns"]["headers"]["apns-collapse-id"] == delivery.key.id
    assert first["android"]["collapse_key"] == delivery.key.id
