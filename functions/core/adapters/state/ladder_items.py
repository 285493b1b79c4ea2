"""How a ladder lies in the delivery-state table. The one place that knows.

    pk  T#<tenant>#N#<activation>    sk  LADDER#<role>

While it climbs it stands in the index ``due``: by ``due_shard`` LADDER#0..3, which its activation's trace chooses, and
by ``due_at``, the moment at which it is to be looked at next. Its end takes it out of the index.

    pk  T#<tenant>#N#<activation>    sk  LOOK        its ladders are to be opened

This row stands in the same partition of the index until every ladder is stored: a first look that is lost is found as
any other is. It stays when it has left the index, so that a message which comes to the router twice puts it there once.
"""

from datetime import UTC, datetime
from typing import Any

from functions.core.adapters.aws.dynamodb_values import Item, Value, from_item, to_item
from functions.core.adapters.state.items import notification_pk
from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.delivering.record import KEPT_AFTER_EXPIRY
from functions.core.domain.escalation.ladder import FIRST_LOOK_WITHIN, Ladder
from functions.core.domain.routing.plan import Plan
from statline.contract.words import LadderState

LADDER = "LADDER#"
LOOK = "LOOK"
SHARDS = 4
"""Over how many partitions of the index the climbing ladders, and the first looks that are to be taken, lie."""


def ladder_shard(shard: int) -> str:
    """The ``due_shard`` of one of the partitions."""
    return f"{LADDER}{shard}"


def is_ladder(item: Item) -> bool:
    """Whether an item of the state table is a ladder's."""
    return str(item["sk"]["S"]).startswith(LADDER)


def activation_in(entry: Item) -> tuple[str, str]:
    """Tenant and activation of an entry of the index."""
    _, tenant, _, activation = entry["pk"]["S"].split("#")
    return tenant, activation


def item_of_ladder(ladder: Ladder) -> Item:
    """The item of a ladder."""
    due = _due(ladder.tenant, ladder.activation, ladder.wake_at)
    values: dict[str, Value] = {
        "pk": notification_pk(ladder.tenant, ladder.activation),
        "sk": LADDER + ladder.role,
        "st": ladder.state,
        "rv": ladder.revision,
        "po": ladder.at,
        "op": _millis(ladder.opened_at),
        "du": _millis(ladder.due_at),
        "wa": _millis(ladder.wake_at),
        "at": _millis(ladder.changed_at),
        "ex": _millis(ladder.expires_at),
        "ttl": int((ladder.expires_at + KEPT_AFTER_EXPIRY).timestamp()),
    }
    return to_item(values | due if ladder.climbing else values)


def ladder_in(item: Item) -> Ladder:
    """The ladder of an item."""
    stored: dict[str, Any] = from_item(item)
    tenant, activation = activation_in(item)
    return Ladder(
        tenant=tenant,
        activation=activation,
        role=stored["sk"].removeprefix(LADDER),
        state=LadderState(stored["st"]),
        revision=stored["rv"],
        at=stored["po"],
        opened_at=_moment(stored["op"]),
        due_at=_moment(stored["du"]),
        wake_at=_moment(stored["wa"]),
        changed_at=_moment(stored["at"]),
        expires_at=_moment(stored["ex"]),
    )


def first_look_key(tenant: str, activation: str) -> Item:
    """The primary key of the row that has an activation's ladders opened."""
    return to_item({"pk": notification_pk(tenant, activation), "sk": LOOK})


def item_of_first_look(plan: Plan) -> Item:
    """The row that has the ladders of a plan's activation opened."""
    due = _due(plan.tenant, plan.notification, plan.routed_at + FIRST_LOOK_WITHIN)
    kept = int((plan.expires_at + KEPT_AFTER_EXPIRY).timestamp())
    return first_look_key(plan.tenant, plan.notification) | to_item(due | {"ttl": kept})


def due_before(moment: datetime) -> Item:
    """The operand of a query of the index for what was due before a moment."""
    return to_item({":before": _millis(moment)})


def _due(tenant: str, activation: str, at: datetime) -> dict[str, Value]:
    """What puts a row into the index: the partition is the activation's, the moment the row's."""
    shard = int(trace_of(tenant, activation), 16) % SHARDS
    return {"due_shard": ladder_shard(shard), "due_at": _millis(at)}


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
