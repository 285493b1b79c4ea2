"""The word that an activation is called off: everybody who was paged hears it, by push and SMS, else by a call."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from functions.core.domain.delivering.delivery import Delivery, PushStyle, Screen, digest
from functions.core.domain.delivering.neutral_texts import SPOKEN_OPENING
from functions.core.domain.delivering.rendering import reference
from functions.core.domain.escalation.step_name import stand_down_id
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Channel

QUIETLY = (Channel.PUSH, Channel.SMS)
"""A call is made only to somebody who has nothing else: it would ring beside the ones that were just ended."""


def notice_of(plan: Plan, code: str, paged: Sequence[Delivery], push: PushStyle | None, now: datetime) -> Plan:
    """The plan of the notice. ``paged``: the deliveries of the first page and of every step.

    It is nobody's role, so nothing silences it.
    """
    screens = _screens(code)
    id_ = stand_down_id(plan.notification)
    deliveries = [_told(delivery, id_, screens, push, now) for delivery in _ways_to_tell(paged)]
    return Plan(
        tenant=plan.tenant,
        notification=id_,
        digest=digest("stand-down", plan.digest),
        producer=plan.producer,
        priority=plan.priority,
        kind=plan.kind,
        sent_at=now,
        routed_at=now,
        expires_at=plan.expires_at,
        deliveries=tuple(deliveries),
    )


def _ways_to_tell(paged: Sequence[Delivery]) -> Iterator[Delivery]:
    """Each endpoint once; no call to a person who has a device or a phone for texts."""
    by_person: dict[str, dict[tuple[Channel, str], Delivery]] = {}
    for delivery in paged:
        ways = by_person.setdefault(delivery.key.recipient, {})
        ways.setdefault((delivery.key.channel, delivery.key.endpoint), delivery)
    for ways in by_person.values():
        quiet = [way for (channel, _), way in ways.items() if channel in QUIETLY]
        yield from quiet or ways.values()


def _told(
    delivery: Delivery, id_: str, screens: Mapping[Channel, Screen], push: PushStyle | None, now: datetime
) -> Delivery:
    key = delivery.key.model_copy(update={"notification": id_})
    screen = screens[key.channel]
    if key.channel is Channel.SMS:
        screen = screen.model_copy(update={"body": screen.body + reference(key.id)})
    return delivery.model_copy(
        update={
            "key": key,
            "screen": screen,
            "push": delivery.push or push if key.channel is Channel.PUSH else None,
            "roles": (),
            "fallbacks": (),
            "sent_at": now,
            "routed_at": now,
        }
    )


def _screens(code: str) -> Mapping[Channel, Screen]:
    title = f"Stood down / Annule: {code}"
    body = "Nobody is needed any more / Plus personne n'est requis"
    spoken = f"Activation {' '.join(code)} was stood down. Nobody is needed any more."
    return {
        Channel.PUSH: Screen(title=title, body=body),
        Channel.SMS: Screen(title=title, body=f"{title}\n{body}"),
        Channel.VOICE: Screen(title=title, body=f"{SPOKEN_OPENING} {spoken}"),
    }
