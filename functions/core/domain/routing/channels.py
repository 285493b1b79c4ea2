"""Which channels a notification takes: the tables of the defaults, the tenant's rules, the producer's word."""

from collections.abc import Mapping, Sequence

from statline.contract.directory import TenantPolicyChange
from statline.contract.notification import Notification
from statline.contract.words import Channel, Kind, Priority

PUSH, SMS, VOICE = Channel.PUSH, Channel.SMS, Channel.VOICE

DEFAULTS: Mapping[tuple[Priority, Kind], tuple[Channel, ...]] = {
    (Priority.STAT, Kind.MESSAGE): (PUSH, SMS),
    (Priority.STAT, Kind.PAGE): (PUSH, SMS, VOICE),
    (Priority.STAT, Kind.CODE): (PUSH, SMS, VOICE),
    (Priority.STAT, Kind.SYSTEM): (PUSH, SMS),
    (Priority.STAT, Kind.ROLL_CALL): (PUSH, SMS),
    (Priority.URGENT, Kind.MESSAGE): (PUSH,),
    (Priority.URGENT, Kind.PAGE): (PUSH, SMS),
    (Priority.URGENT, Kind.CODE): (PUSH, SMS),
    (Priority.URGENT, Kind.SYSTEM): (PUSH,),
    (Priority.URGENT, Kind.ROLL_CALL): (PUSH, SMS),
    (Priority.ROUTINE, Kind.MESSAGE): (PUSH,),
    (Priority.ROUTINE, Kind.PAGE): (PUSH,),
    (Priority.ROUTINE, Kind.CODE): (PUSH,),
    (Priority.ROUTINE, Kind.SYSTEM): (PUSH,),
    (Priority.ROUTINE, Kind.ROLL_CALL): (PUSH,),
}
"""Where neither the tenant nor the message names channels."""

INSTEAD: Mapping[Priority, tuple[Channel, ...]] = {
    Priority.STAT: (SMS, VOICE, PUSH),
    Priority.URGENT: (SMS,),
    Priority.ROUTINE: (),
}
"""What is taken, the first that there is, where a person has no endpoint on any of the chosen channels."""

BESIDE_PUSH = (SMS, VOICE)
"""What a stat gets besides push, the first that there is: FCM's terms forbid to rely on push in an emergency."""


def wanted_channels(notification: Notification, policy: TenantPolicyChange) -> tuple[Channel, ...]:
    """The channels of the message, else of the tenant's first rule that fits, else of the defaults; each once."""
    if notification.channels:
        return _once(notification.channels)
    for rule in policy.rules:
        if rule.priority is notification.priority and rule.kind in {None, notification.kind}:
            return _once(rule.channels)
    return DEFAULTS[notification.priority, notification.kind]


def reachable_channels(
    notification: Notification, wanted: Sequence[Channel], endpoints: Mapping[Channel, object]
) -> tuple[Channel, ...]:
    """The wanted channels on which a person has an endpoint, and what must come beside or instead of them.

    Stat gives in to nobody: a channel comes in also where the producer or the tenant named others.
    """
    there = tuple(channel for channel in wanted if endpoints.get(channel))
    stat = notification.priority is Priority.STAT
    if not there and (stat or not notification.channels):
        there = _first(INSTEAD[notification.priority], endpoints)
    if stat and set(there) == {PUSH}:
        there += _first(BESIDE_PUSH, endpoints)
    return there


def _first(channels: Sequence[Channel], endpoints: Mapping[Channel, object]) -> tuple[Channel, ...]:
    return tuple(channel for channel in channels if endpoints.get(channel))[:1]


def _once(channels: Sequence[Channel]) -> tuple[Channel, ...]:
    return tuple(dict.fromkeys(channels))
