"""How notifications and refused messages lie in the delivery-state table. The one place that knows.

    pk  T#<tenant>#N#<notification>   sk  META              digest, plan, how many deliveries; the commit mark
                                      sk  PART#<name>#<n>   a plan that does not fit into META, written before it
    pk  R#<SQS message id>            sk  REFUSAL           one refused message

A META that is watched stands in the index ``due`` as well, by ``due_shard`` WATCH#<lane>#<n> and ``due_at``: the moment
since which it waits. It leaves the index when all of it is over.

Attribute names are short and times are epoch milliseconds: the META of a routine push stays below 1 KB, which is one
write unit. META says on its own everything that the event `NotificationRouted` tells, so nobody has to read the plan.
"""

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from functions.core.adapters.aws.dynamodb_values import AttributeValue, Item, Value, from_item, to_item
from functions.core.adapters.state.items import notification_pk
from functions.core.adapters.state.plan_packing import pack, unpack
from functions.core.domain.delivering.record import KEPT_AFTER_EXPIRY
from functions.core.domain.routing.plan import Plan, RecipientTrouble, Trouble
from functions.core.domain.routing.refusals import Fault, Reason, Refusal
from functions.core.domain.routing.watching import Watched, watch_of
from statline.contract.words import Channel, Kind, Priority

META = "META"
REFUSAL = "REFUSAL"
PLAIN_BYTES = 2_000
"""Up to here a plan is stored as text; a longer one is compressed."""
PART_BYTES = 300_000
"""The largest piece of a plan in one item. DynamoDB takes items of 400 KB."""
INLINE_BYTES = 200_000
"""The largest plan that stands in META itself, beside its troubles and roles, which may be as large again."""
MOST_ROLES = 500
"""How many roles META tells of by itself: a roll call has one for everybody. The plan has all."""
REFUSAL_KEPT = timedelta(days=14)
"""As long as the quarantine queue keeps the body."""


@dataclass(frozen=True, slots=True)
class Routed:
    """What META says besides the deliveries themselves.

    code: an activation's. roles: its roles, and how many people were paged for each at first.
    """

    header: Plan
    people: int
    deliveries: dict[Channel, int]
    code: str = ""
    roles: tuple[tuple[str, int], ...] = ()


def watch_shard(lane: Priority, shard: int) -> str:
    """The ``due_shard`` of one of the partitions that a lane's watched notifications lie in."""
    return f"WATCH#{lane}#{shard}"


def watched_in(entry: Item) -> Watched:
    """The notification that an entry of the index tells of."""
    _, tenant, _, notification = entry["pk"]["S"].split("#")
    _, lane, shard = entry["due_shard"]["S"].split("#")
    return Watched(tenant, notification, Priority(lane), int(shard), _moment(int(entry["due_at"]["N"])))


def due_at(moment: datetime) -> AttributeValue:
    """A moment as the index keeps it."""
    return {"N": str(_millis(moment))}


def meta_key(tenant: str, notification: str) -> Item:
    """The primary key of a notification's META."""
    return to_item({"pk": notification_pk(tenant, notification), "sk": META})


def part_key(tenant: str, notification: str, name: str, number: int) -> Item:
    """The primary key of one part of a plan. Its name is a digest of the whole: two workers' plans never mix."""
    return to_item({"pk": notification_pk(tenant, notification), "sk": f"PART#{name}#{number}"})


def items_of(plan: Plan) -> list[Item]:
    """The items of a plan in the order in which they are written: its parts, if any, then META."""
    packed = pack(plan).encode()
    stored = packed if len(packed) <= PLAIN_BYTES else zlib.compress(packed)
    ttl = _ttl(plan.expires_at + KEPT_AFTER_EXPIRY)
    if stored is packed:
        return [_meta(plan) | {"p": {"S": packed.decode()}} | ttl]
    if len(stored) <= min(INLINE_BYTES, PART_BYTES):
        return [_meta(plan) | {"p": {"B": stored}} | ttl]
    pieces = [stored[start : start + PART_BYTES] for start in range(0, len(stored), PART_BYTES)]
    name = sha256(stored).hexdigest()[:16]
    parts = [
        part_key(plan.tenant, plan.notification, name, number) | {"p": {"B": piece}} | ttl
        for number, piece in enumerate(pieces)
    ]
    return [*parts, _meta(plan) | to_item({"ps": len(parts), "pn": name}) | ttl]


def _meta(plan: Plan) -> Item:
    people = {delivery.key.recipient for delivery in plan.deliveries}
    counts = Counter(str(delivery.key.channel) for delivery in plan.deliveries)
    header: dict[str, Value] = {
        "g": plan.digest,
        "pd": plan.producer,
        "ki": plan.kind,
        "pr": plan.priority,
        "sn": _millis(plan.sent_at),
        "at": _millis(plan.routed_at),
        "ex": _millis(plan.expires_at),
        "n": len(people),
        "c": dict(counts),
    }
    troubles: dict[str, Value] = {"tb": [f"{t.recipient}={t.trouble}" for t in plan.troubles]} if plan.troubles else {}
    return meta_key(plan.tenant, plan.notification) | to_item(header | troubles | _activation(plan) | _watch(plan))


def _activation(plan: Plan) -> dict[str, Value]:
    if plan.activation is None:
        return {}
    roles = [f"{ladder.role}={len(ladder.people)}" for ladder in plan.activation.ladders[:MOST_ROLES]]
    return {"cd": plan.activation.code, "ro": [*roles]}


def _watch(plan: Plan) -> dict[str, Value]:
    watched = watch_of(plan)
    if watched is None:
        return {}
    return {"due_shard": watch_shard(watched.lane, watched.shard), "due_at": _millis(watched.since)}


def part_keys(meta: Item) -> list[Item]:
    """The keys of the parts of a META's plan, in order; empty where the plan is in META itself."""
    if "ps" not in meta:
        return []
    _, tenant, _, notification = meta["pk"]["S"].split("#")
    return [part_key(tenant, notification, meta["pn"]["S"], number) for number in range(int(meta["ps"]["N"]))]


def routed_in(meta: Item) -> Routed:
    """What a META item says on its own: the plan without its deliveries, and how many there are."""
    stored: dict[str, Any] = from_item({name: value for name, value in meta.items() if name != "p"})
    _, tenant, _, notification = stored["pk"].split("#")
    header = Plan(
        tenant=tenant,
        notification=notification,
        digest=stored["g"],
        producer=stored["pd"],
        priority=Priority(stored["pr"]),
        kind=Kind(stored["ki"]),
        sent_at=_moment(stored["sn"]),
        routed_at=_moment(stored["at"]),
        expires_at=_moment(stored["ex"]),
        deliveries=(),
        troubles=tuple(_trouble(text) for text in stored.get("tb", ())),
    )
    counts = {Channel(channel): count for channel, count in stored["c"].items()}
    roles = tuple((role, int(people)) for role, _, people in (each.rpartition("=") for each in stored.get("ro", ())))
    return Routed(header, stored["n"], counts, stored.get("cd", ""), roles)


def plan_in(meta: Item, parts: Sequence[Item] = ()) -> Plan:
    """The whole plan of a META item and its parts, in their order."""
    header = routed_in(meta).header
    if "p" in meta and "S" in meta["p"]:
        return unpack(meta["p"]["S"], header)
    packed = b"".join(part["p"]["B"] for part in (parts or [meta]))
    return unpack(zlib.decompress(packed).decode(), header)


def _trouble(text: str) -> RecipientTrouble:
    recipient, _, trouble = text.rpartition("=")
    return RecipientTrouble(recipient=recipient, trouble=Trouble(trouble))


def item_of_refusal(refusal: Refusal) -> Item:
    """The item of a refused message."""
    return to_item(
        {
            "pk": f"R#{refusal.message_id}",
            "sk": REFUSAL,
            "rs": refusal.reason,
            "at": _millis(refusal.at),
            "pr": refusal.lane,
            "pd": refusal.producer or None,
            "te": refusal.tenant or None,
            "nf": refusal.notification or None,
            "fa": json.dumps([[fault.path, fault.rule] for fault in refusal.faults]) if refusal.faults else None,
            "tb": [f"{recipient}={trouble}" for recipient, trouble in refusal.troubles] or None,
        }
    ) | _ttl(refusal.at + REFUSAL_KEPT)


def refusal_in(item: Item) -> Refusal:
    """The refused message that a ``REFUSAL`` item tells of."""
    stored: dict[str, Any] = from_item(item)
    return Refusal(
        message_id=stored["pk"].removeprefix("R#"),
        reason=Reason(stored["rs"]),
        at=_moment(stored["at"]),
        lane=stored["pr"],
        producer=stored.get("pd", ""),
        tenant=stored.get("te", ""),
        notification=stored.get("nf", ""),
        faults=tuple(Fault(path, rule) for path, rule in json.loads(stored.get("fa", "[]"))),
        troubles=tuple((t.recipient, t.trouble.value) for t in map(_trouble, stored.get("tb", ()))),
    )


def _ttl(moment: datetime) -> Item:
    return to_item({"ttl": int(moment.timestamp())})


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
