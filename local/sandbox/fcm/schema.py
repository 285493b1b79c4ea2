"""The JSON of an FCM v1 send request: which fields exist where, and what each may hold."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DURATION = re.compile(r"-?\d+(\.\d{1,9})?s")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Violation:
    """What is wrong with a field, in the way of google.rpc.BadRequest."""

    field: str
    description: str


Check = Callable[[object, str], Iterator[Violation]]


def _wrong(path: str, kind: str, value: object) -> Violation:
    return Violation(path, f"Invalid value at '{path}' ({kind}), {value!r}")


def _typed(kind: str, accepts: Callable[[object], bool]) -> Check:
    def check(value: object, path: str) -> Iterator[Violation]:
        if not accepts(value):
            yield _wrong(path, kind, value)

    return check


def _enum(name: str, *values: str, any_case: bool = False) -> Check:
    accepted = {*values, *(value.lower() for value in values if any_case)}
    return _typed(name, lambda value: isinstance(value, str) and value in accepted)


def _list(item: Check) -> Check:
    def check(value: object, path: str) -> Iterator[Violation]:
        if not isinstance(value, list):
            yield _wrong(path, "LIST", value)
            return
        for index, member in enumerate(value):
            yield from item(member, f"{path}[{index}]")

    return check


def _string_map(value: object, path: str) -> Iterator[Violation]:
    if not isinstance(value, dict):
        yield _wrong(path, "MAP", value)
        return
    for index, member in enumerate(value.values()):
        if not isinstance(member, str):
            yield _wrong(f"{path}[{index}].value", "TYPE_STRING", member)


def _message(fields: Mapping[str, Check]) -> Check:
    """A proto message: fields by their snake or camel names, null for absent, nothing else."""

    def check(value: object, path: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield _wrong(path, "MESSAGE", value)
            return
        for name, member in value.items():
            field_check = fields.get(snake(name))
            if field_check is None:
                yield Violation(
                    path, f"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': no such field."
                )
            elif member is not None:
                yield from field_check(member, f"{path}.{snake(name)}" if path else snake(name))

    return check


def snake(name: str) -> str:
    """The proto name of a JSON name: analyticsLabel is analytics_label."""
    return _CAMEL.sub("_", name).lower()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_string = _typed("TYPE_STRING", lambda value: isinstance(value, str))
_boolean = _typed("TYPE_BOOL", lambda value: isinstance(value, bool))
_integer = _typed("TYPE_INT32", lambda value: isinstance(value, int) and not isinstance(value, bool))
_number = _typed("TYPE_FLOAT", _is_number)
_struct = _typed("STRUCT", lambda value: isinstance(value, dict))
_duration = _typed("DURATION", lambda value: isinstance(value, str) and _DURATION.fullmatch(value) is not None)
_timestamp = _typed("TIMESTAMP", lambda value: isinstance(value, str) and _TIMESTAMP.fullmatch(value) is not None)

_LIGHT = _message(
    {
        "color": _message(dict.fromkeys(("red", "green", "blue", "alpha"), _number)),
        "light_on_duration": _duration,
        "light_off_duration": _duration,
    }
)
_ANDROID_NOTIFICATION = _message(
    {
        **dict.fromkeys(
            ("title", "body", "icon", "color", "sound", "tag", "click_action", "body_loc_key", "title_loc_key"), _string
        ),
        **dict.fromkeys(("channel_id", "ticker", "image"), _string),
        **dict.fromkeys(("body_loc_args", "title_loc_args"), _list(_string)),
        **dict.fromkeys(("sticky", "local_only", "default_sound", "default_vibrate_timings"), _boolean),
        **dict.fromkeys(("default_light_settings", "bypass_proxy_notification"), _boolean),
        "event_time": _timestamp,
        "notification_priority": _enum(
            "NotificationPriority",
            *(f"PRIORITY_{level}" for level in ("UNSPECIFIED", "MIN", "LOW", "DEFAULT", "HIGH", "MAX")),
        ),
        "vibrate_timings": _list(_duration),
        "light_settings": _LIGHT,
        "visibility": _enum("Visibility", "VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"),
        "notification_count": _integer,
        "proxy": _enum("Proxy", "PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"),
    }
)
_ANDROID = _message(
    {
        "collapse_key": _string,
        "priority": _enum("AndroidMessagePriority", "NORMAL", "HIGH", any_case=True),
        "ttl": _duration,
        "restricted_package_name": _string,
        "data": _string_map,
        "notification": _ANDROID_NOTIFICATION,
        "fcm_options": _message({"analytics_label": _string}),
        **dict.fromkeys(("direct_boot_ok", "bandwidth_constrained_ok", "restricted_satellite_ok"), _boolean),
    }
)
_APNS = _message(
    {
        "headers": _string_map,
        "payload": _struct,
        "fcm_options": _message({"analytics_label": _string, "image": _string}),
        "live_activity_token": _string,
    }
)
_WEBPUSH = _message(
    {
        "headers": _string_map,
        "data": _string_map,
        "notification": _struct,
        "fcm_options": _message({"link": _string, "analytics_label": _string}),
    }
)
_SEND_REQUEST = _message(
    {
        "validate_only": _boolean,
        "message": _message(
            {
                **dict.fromkeys(("name", "token", "fid", "topic", "condition"), _string),
                "data": _string_map,
                "notification": _message(dict.fromkeys(("title", "body", "image"), _string)),
                "android": _ANDROID,
                "apns": _APNS,
                "webpush": _WEBPUSH,
                "fcm_options": _message({"analytics_label": _string}),
            }
        ),
    }
)


def structure_violations(body: object) -> list[Violation]:
    """What in a decoded request body has no place in the API, or the wrong type."""
    return list(_SEND_REQUEST(body, ""))
