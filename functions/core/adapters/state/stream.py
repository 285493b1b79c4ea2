"""The state table's stream as events: which kind of row makes which event, and which changes make none.

A row is written by a decision; its event follows from the row alone. So no function that delivers needs a right on the
bus, and an event cannot be lost between two writes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from functions.core.adapters.state.acknowledgement_items import (
    ACK,
    STANDDOWN,
    WORD,
    acknowledgement_in,
    stood_down_in,
    word_in,
)
from functions.core.adapters.state.items import DELIVERY, Item, from_item, is_delivery
from functions.core.adapters.state.ladder_items import LADDER, ladder_in
from functions.core.adapters.state.notification_items import META, REFUSAL, Routed, refusal_in, routed_in
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.errors import PermanentError
from functions.core.domain.escalation.step_name import MARK, STAND_DOWN, activation_of, step_of
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.refusals import SENTENCES, Refusal
from statline.contract.events import (
    ActivationAnswered,
    ActivationStoodDown,
    DeliveryStateChanged,
    Event,
    Fault,
    LadderEnded,
    MessageRefused,
    NotificationRouted,
    RecipientTrouble,
    RoleCovered,
    RolePaged,
    StepFired,
)
from statline.contract.words import Priority, RecipientProblem


class UnreadableRowError(PermanentError):
    """A row of the table is none that this code can tell of, however often it tries."""


def event_of(change: Mapping[str, Any]) -> Event | None:
    """The event of one stream record's ``dynamodb`` part; None where the change is none of the producers' business.

    Raises `UnreadableRowError`: a later version wrote it, or a person by hand.
    """
    try:
        return _event_of(change)
    except (AttributeError, LookupError, TypeError, ValueError) as cause:
        raise UnreadableRowError("a row of the delivery-state table makes no event") from cause


def _event_of(change: Mapping[str, Any]) -> Event | None:
    after: Item | None = change.get("NewImage")
    if after is None:
        return None  # a row's time was over
    before: Item | None = change.get("OldImage")
    if is_delivery(after):
        return _state_changed(from_item(after), from_item(before) if before else None)
    kind, mark, _ = after["sk"]["S"].partition("#")
    if kind + mark in _TOLD_ONCE:
        return _TOLD_ONCE[kind + mark](after) if before is None else None
    if kind + mark in _TOLD_OF_CHANGES:
        return _TOLD_OF_CHANGES[kind + mark](after, before)
    return None


def _state_changed(after: DeliveryRecord, before: DeliveryRecord | None) -> DeliveryStateChanged | None:
    if before is not None and before.state is after.state and before.attempt == after.attempt:
        return None  # something was noted, nothing moved
    notification = activation_of(after.key.notification)
    if not notification:
        return None  # an answer of ours to a text
    latest = after.attempts[-1] if after.attempts else None
    return DeliveryStateChanged(
        tenant=after.key.tenant,
        notification=notification,
        step=step_of(after.key.notification),
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


def _planned(meta: Item) -> Event | None:
    """A producer's notification was routed, or a step of one was fired."""
    routed: Routed = routed_in(meta)
    step = step_of(routed.header.notification)
    if not step:
        return _routed(routed)
    return None if step == STAND_DOWN else _fired(routed, step)


def _routed(routed: Routed) -> NotificationRouted:
    header = routed.header
    return NotificationRouted(
        tenant=header.tenant,
        notification=header.notification,
        producer=header.producer,
        kind=header.kind,
        priority=header.priority,
        recipients=routed.people,
        deliveries=routed.deliveries,
        troubles=_troubles(header),
        code=routed.code,
        roles=tuple(RolePaged(role=role, people=people) for role, people in routed.roles),
        sent_at=header.sent_at,
        at=header.routed_at,
        expires_at=header.expires_at,
    )


def _fired(routed: Routed, step: str) -> StepFired:
    header = routed.header
    return StepFired(
        tenant=header.tenant,
        notification=activation_of(header.notification),
        role=step.partition(MARK)[0],
        step=step,
        people=routed.people,
        troubles=_troubles(header),
        at=header.routed_at,
    )


def _troubles(header: Plan) -> tuple[RecipientTrouble, ...]:
    return tuple(RecipientTrouble(recipient=t.recipient, trouble=t.trouble) for t in header.troubles)


def _covered(item: Item) -> RoleCovered:
    first = acknowledgement_in(item)
    return RoleCovered(
        tenant=first.tenant,
        notification=first.activation,
        role=first.role,
        user=first.user,
        via=first.via,
        at=first.at,
    )


def _called_off(item: Item) -> ActivationStoodDown:
    word = stood_down_in(item)
    return ActivationStoodDown(tenant=word.tenant, notification=word.activation, producer=word.producer, at=word.at)


def _answered(after: Item, before: Item | None) -> ActivationAnswered | None:
    """A person's word. The same word again is no news."""
    word = word_in(after)
    if before is not None and word_in(before).answer is word.answer:
        return None
    return ActivationAnswered(
        tenant=word.tenant,
        notification=word.activation,
        user=word.user,
        roles=word.roles,
        answer=word.answer,
        via=word.via,
        at=word.at,
    )


def _ended(after: Item, before: Item | None) -> LadderEnded | None:
    """The end of a ladder, and another end after it: somebody who comes late comes. Its steps are told themselves."""
    ladder = ladder_in(after)
    if ladder.climbing or (before is not None and ladder_in(before).state is ladder.state):
        return None
    return LadderEnded(
        tenant=ladder.tenant,
        notification=ladder.activation,
        role=ladder.role,
        state=ladder.state,
        steps=ladder.at,
        at=ladder.changed_at,
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


_TOLD_ONCE: Mapping[str, Callable[[Item], Event | None]] = {
    META: _planned,
    REFUSAL: _refused,
    ACK: _covered,
    STANDDOWN: _called_off,
}
"""What is told when it is new, by the beginning of its sort key."""
_TOLD_OF_CHANGES: Mapping[str, Callable[[Item, Item | None], Event | None]] = {WORD: _answered, LADDER: _ended}
"""What is told when it changes, likewise."""
EVENTFUL = (*_TOLD_ONCE, *_TOLD_OF_CHANGES, DELIVERY)
"""The beginnings of the sort keys of all rows that events tell of."""
