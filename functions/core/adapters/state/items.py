"""How a delivery's record lies in the delivery-state table. The one place that knows.

    pk  T#<tenant>#N#<notification>#<shard>    sk  D#<recipient>#<channel>#<endpoint>
    pk  T#<tenant>#N#<activation>              sk  ACK#<role>         the first acceptance of a role
                                               sk  WORD#<user>        a person's last word
                                               sk  STANDDOWN          its producer called it off
                                               sk  LADDER#<role>      how far the role's ladder is; in the index ``due``
                                                                      while it climbs: ``due_shard`` LADDER#0..3
    pk  P#<digest of a phone's number>         sk  A#<tenant>#<activation>#<user>    what the phone was paged for

Attribute names are short and times are epoch milliseconds: a record with a few attempts stays below 1 KB, which is
one write unit. The shard is a hash of the recipient: one activation pages 500 people at once, and a partition takes
1,000 writes a second.
"""

import json
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.delivering.record import KEPT_AFTER_EXPIRY, Attempt, DeliveryRecord
from functions.core.domain.delivering.states import State
from statline.contract.words import Channel, Priority

SHARDS = 8
DELIVERY = "D#"
"""How the sort key of a delivery's record begins."""
Item = dict[str, Any]
"""A DynamoDB item as botocore speaks it: ``{"pk": {"S": "..."}}``."""


def notification_pk(tenant: str, notification: str) -> str:
    """The partition of one notification's own items."""
    return f"T#{tenant}#N#{notification}"


def delivery_key(key: DeliveryKey) -> Item:
    """The primary key of one delivery's item."""
    shard = crc32(key.recipient.encode()) % SHARDS
    return {
        "pk": {"S": f"{notification_pk(key.tenant, key.notification)}#{shard}"},
        "sk": {"S": f"D#{key.recipient}#{key.channel}#{key.endpoint}"},
    }


def acknowledgement_key(tenant: str, notification: str, role: str) -> Item:
    """The primary key of the item that says that a role was acknowledged."""
    return {"pk": {"S": notification_pk(tenant, notification)}, "sk": {"S": f"ACK#{role}"}}


def stand_down_key(tenant: str, notification: str) -> Item:
    """The primary key of the item that says that an activation was called off."""
    return {"pk": {"S": notification_pk(tenant, notification)}, "sk": {"S": "STANDDOWN"}}


def is_delivery(item: Item) -> bool:
    """Whether an item of the state table is a delivery's record."""
    return str(item["sk"]["S"]).startswith(DELIVERY)


def to_item(record: DeliveryRecord) -> Item:
    """The item of a record."""
    item = delivery_key(record.key) | {
        "st": {"S": record.state},
        "rv": {"N": str(record.revision)},
        "pr": {"S": record.priority},
        "at": {"N": _millis(record.changed_at)},
        "ex": {"N": _millis(record.expires_at)},
        "ttl": {"N": str(int((record.expires_at + KEPT_AFTER_EXPIRY).timestamp()))},
    }
    if record.attempts:
        item["tr"] = {"S": json.dumps([_attempt_row(a) for a in record.attempts], separators=(",", ":"))}
    for name, moment in (("le", record.lease_until), ("nb", record.not_before)):
        if moment is not None:
            item[name] = {"N": _millis(moment)}
    for name, text in (("ow", record.owner), ("rs", record.reason)):
        if text:
            item[name] = {"S": text}
    if record.cut:
        item["cu"] = {"BOOL": True}
    return item


def from_item(item: Item) -> DeliveryRecord:
    """The record of an item."""
    return DeliveryRecord(
        key=_key_of(item),
        priority=Priority(item["pr"]["S"]),
        state=State(item["st"]["S"]),
        revision=int(item["rv"]["N"]),
        changed_at=_moment(item["at"]["N"]),
        expires_at=_moment(item["ex"]["N"]),
        attempts=tuple(_attempt_of(row) for row in json.loads(item["tr"]["S"])) if "tr" in item else (),
        lease_until=_moment(item["le"]["N"]) if "le" in item else None,
        not_before=_moment(item["nb"]["N"]) if "nb" in item else None,
        owner=item.get("ow", {}).get("S", ""),
        reason=item.get("rs", {}).get("S", ""),
        cut="cu" in item,
    )


def _key_of(item: Item) -> DeliveryKey:
    _, tenant, _, notification, _ = item["pk"]["S"].split("#")
    _, recipient, channel, endpoint = item["sk"]["S"].split("#")
    return DeliveryKey(
        tenant=tenant, notification=notification, recipient=recipient, channel=Channel(channel), endpoint=endpoint
    )


def _attempt_row(attempt: Attempt) -> list[Any]:
    return [attempt.number, int(_millis(attempt.at)), attempt.provider, attempt.code, attempt.provider_id]


def _attempt_of(row: list[Any]) -> Attempt:
    """An attempt as stored. While a deployment shifts, a newer worker may have written more behind it."""
    number, at, provider, code, provider_id, *_ = row
    return Attempt(number=number, at=_moment(at), provider=provider, code=code, provider_id=provider_id)


def _millis(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))


def _moment(millis: str | int) -> datetime:
    return datetime.fromtimestamp(int(millis) / 1000, UTC)
