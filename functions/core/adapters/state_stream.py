"""The state table's stream as events: which kind of row makes which event, and which changes make none.

A row is written by a decision; its event follows from the row alone. So no function that delivers needs a right on the
bus, and an event cannot be lost between two writes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from functions.core.adapters.notification_items import META, REFUSAL, Routed, refusal_in, routed_in
from functions.core.adapters.state_items import Item, from_item, is_delivery
from functions.core.domain.record import DeliveryRecord
from functions.core.domain.refusals import SENTENCES, Refusal
from statline.contract.events import (
    DeliveryStateChanged,
    Event,
    Fault,
    MessageRefused,
    NotificationRouted,
    RecipientTrouble,
)
from statline.contract.words import Priority, RecipientProblem


def event_of(change: Mapping[str, Any]) -> Event | None:
    """The event of one stream record's ``dynamodb`` part; None where the change is none of the producers' business."""
    after: Item | None = change.get("NewImage")
    if after is None:
        return None  # a row's time was over
    before: Item | None = change.get("OldImage")
    if is_delivery(after):
        return _state_changed(from_item(after), from_item(before) if before else None)
    told = _TOLD_ONCE.get(after["sk"]["S"])
    return told(after) if told and before is None else None


def _state_changed(after: DeliveryRecord, before: DeliveryRecord | None) -> DeliveryStateChanged | None:
    if before is not None and before.state is after.state and before.attempt == after.attempt:
        return None  # something was noted, nothing moved
    latest = after.attempts[-1] if after.attempts else None
    return DeliveryStateChanged(
        tenant=after.key.tenant,
        notification=after.key.notification,
        delivery=after.key.id,
        recipient=after.key.recipient,
        channel=after.key.channel,
        priority=after.priority,
        state=after.state,
        previous=before.state if before else None,
        revision=after.revision,
        attempt=after.attempt,
        reason=after.reason,
        provider=latest.provider if latest else "",
        provider_id=latest.provider_id if latest else "",
        cut=after.cut,
        at=after.changed_at,
    )


def _routed(meta: Item) -> NotificationRouted:
    routed: Routed = routed_in(meta)
    header = routed.header
    return NotificationRouted(
        tenant=header.tenant,
        notification=header.notification,
        producer=header.producer,
        kind=header.kind,
        priority=header.priority,
        recipients=routed.people,
        deliveries=routed.deliveries,
        troubles=tuple(RecipientTrouble(recipient=t.recipient, trouble=t.trouble) for t in header.troubles),
        sent_at=header.sent_at,
        at=header.routed_at,
        expires_at=header.expires_at,
    )


def _refused(item: Item) -> MessageRefused:
    refusal: Refusal = refusal_in(item)
    return MessageRefused(
        reason=refusal.reason,
        sentence=SENTENCES[refusal.reason],
        faults=tuple(Fault(path=fault.path, rule=fault.rule) for fault in refusal.faults),
        troubles=tuple(
            RecipientTrouble(recipient=recipient, trouble=RecipientProblem(trouble))
            for recipient, trouble in refusal.troubles
        ),
        producer=refusal.producer,
        message_id=refusal.message_id,
        lane=Priority(refusal.lane),
        tenant=refusal.tenant,
        notification=refusal.notification,
        at=refusal.at,
    )


_TOLD_ONCE: Mapping[str, Callable[[Item], Event]] = {META: _routed, REFUSAL: _refused}
