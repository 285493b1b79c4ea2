"""What FCM asks of a message beyond its structure: one target, sizes, times, and what APNs will take."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.sandbox.fcm.schema import Violation, snake

TARGETS = ("token", "fid", "topic", "condition")
_TOKEN = re.compile(r"[A-Za-z0-9_:.\-]{8,4096}")
_RESERVED_KEY = re.compile(r"from|message_type|google\..*|gcm\.notification\..*")
_MAX_BYTES = {"topic": 2_048, "condition": 2_048}
_MAX_BYTES_DEVICE = 4_096
_MAX_TTL_SECONDS = 28 * 24 * 3_600
_MAX_COLLAPSE_ID_BYTES = 64
_INTERRUPTION_LEVELS = ("passive", "active", "time-sensitive", "critical")

Json = Mapping[str, Any]


def canonical(message: Json) -> dict[str, Any]:
    """The message with its proto field names and without nulls; maps and APNs payloads keep their keys."""
    canon = {snake(name): value for name, value in message.items() if value is not None}
    for name in ("notification", "android", "apns", "webpush"):
        if name in canon:
            canon[name] = {snake(key): value for key, value in canon[name].items() if value is not None}
    android = canon.get("android", {})
    if "notification" in android:
        android["notification"] = {snake(k): v for k, v in android["notification"].items() if v is not None}
    return canon


def rule_violations(message: Json) -> list[Violation]:
    """What is wrong with a canonical message whose structure is right."""
    return [
        *_target(message),
        *_data(message.get("data", {}), "message.data"),
        *_android(message.get("android", {})),
        *_apns_headers(message.get("apns", {}).get("headers", {})),
        *_aps(message.get("apns", {}).get("payload", {})),
        *_background_priority(message),
        *_size(message),
    ]


def _target(message: Json) -> Iterator[Violation]:
    given = [name for name in TARGETS if message.get(name)]
    if not given:
        yield Violation("message", "Recipient of the message is not set.")
    elif len(given) > 1:
        yield Violation("message", f"Exactly one of {', '.join(TARGETS)} may be set, not {' and '.join(given)}.")
    elif "token" in given and not _TOKEN.fullmatch(message["token"]):
        yield Violation("message.token", "The registration token is not a valid FCM registration token")


def _data(data: Mapping[str, str], path: str) -> Iterator[Violation]:
    for key in data:
        if _RESERVED_KEY.fullmatch(key):
            yield Violation(path, f"Invalid data payload key: {key}")


def _android(android: Json) -> Iterator[Violation]:
    yield from _data(android.get("data", {}), "message.android.data")
    ttl = android.get("ttl")
    if ttl is not None and not 0 <= float(ttl.removesuffix("s")) <= _MAX_TTL_SECONDS:
        yield Violation("message.android.ttl", f"Invalid ttl {ttl}: it must be from 0s to {_MAX_TTL_SECONDS}s")


def _apns_headers(headers: Mapping[str, str]) -> Iterator[Violation]:
    path = "message.apns.headers"
    lower = {name.lower(): value for name, value in headers.items()}
    if lower.get("apns-priority", "10") not in {"5", "10"}:
        yield Violation(path, f"Invalid apns-priority {lower['apns-priority']}: it must be 5 or 10")
    if len(lower.get("apns-collapse-id", "").encode()) > _MAX_COLLAPSE_ID_BYTES:
        yield Violation(path, f"Invalid apns-collapse-id: it has more than {_MAX_COLLAPSE_ID_BYTES} bytes")
    if not lower.get("apns-expiration", "0").isdecimal():
        yield Violation(path, f"Invalid apns-expiration {lower['apns-expiration']}: it must be epoch seconds")


def _aps(payload: Json) -> Iterator[Violation]:
    path = "message.apns.payload.aps"
    aps = payload.get("aps", {})
    if not isinstance(aps, dict):
        yield Violation(path, "aps must be a dictionary")
        return
    level = aps.get("interruption-level", "active")
    if level not in _INTERRUPTION_LEVELS:
        yield Violation(
            path, f"Invalid interruption-level {level!r}: it must be one of {', '.join(_INTERRUPTION_LEVELS)}"
        )
    if not isinstance(aps.get("alert", ""), str | dict):
        yield Violation(path, "Invalid alert: it must be a string or a dictionary")
    if not isinstance(aps.get("badge", 0), int):
        yield Violation(path, "Invalid badge: it must be an integer")
    yield from _sound(aps.get("sound", ""), f"{path}.sound")


def _sound(sound: object, path: str) -> Iterator[Violation]:
    if isinstance(sound, str):
        return
    if not isinstance(sound, dict):
        yield Violation(path, "Invalid sound: it must be a string or a dictionary")
        return
    if sound.get("critical", 0) not in {0, 1}:
        yield Violation(path, "Invalid sound: critical must be 0 or 1")
    if not isinstance(sound.get("name"), str):
        yield Violation(path, "Invalid sound: a critical sound needs a name")
    volume = sound.get("volume", 1.0)
    if not isinstance(volume, int | float) or not 0 <= volume <= 1:
        yield Violation(path, "Invalid sound: volume must be from 0 to 1")


def _background_priority(message: Json) -> Iterator[Violation]:
    """APNs takes a push that shows nothing only at priority 5."""
    apns = message.get("apns")
    if apns is None or "notification" in message:
        return
    visible = {"alert", "badge", "sound"} & apns.get("payload", {}).get("aps", {}).keys()
    if not visible and apns.get("headers", {}).get("apns-priority") == "10":
        yield Violation("message.apns.headers", "A data-only message needs apns-priority 5")


def _size(message: Json) -> Iterator[Violation]:
    android = message.get("android", {})
    shown = {**message.get("notification", {}), **android.get("notification", {})}
    limit = next((size for target, size in _MAX_BYTES.items() if target in message), _MAX_BYTES_DEVICE)
    payloads = {
        "android": {**shown, **android.get("data", message.get("data", {}))},
        "apns": {**message.get("data", {}), **message.get("apns", {}).get("payload", {})},
    }
    for platform, payload in payloads.items():
        size = len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode())
        if size > limit:
            yield Violation("message", f"The {platform} payload has {size} bytes; FCM takes {limit} at most.")
