"""A plan's deliveries as one short JSON text, and back.

What every delivery of a plan shares is not repeated: screens and push styles stand once and are pointed at by number,
and the notification's own words (tenant, id, priority, times) stand in its item. So a routine push's plan fits into
one write unit, and the plan of an activation for 500 people into one item.
"""

import json
from typing import Any

from functions.core.domain.delivery import Delivery, DeliveryKey, Endpoint, Fallback, PushStyle, Screen
from functions.core.domain.plan import Plan
from statline.contract.words import Channel

FORMAT = 1


class _Table:
    """Values that are pointed at by number, each kept once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Any, ...], int] = {}

    def number(self, *row: Any) -> int:
        return self.numbers.setdefault(row, len(self.numbers))


def pack(plan: Plan) -> str:
    """The plan's deliveries as JSON."""
    screens, styles = _Table(), _Table()
    rows = [_row(delivery, screens, styles) for delivery in plan.deliveries]
    packed = {"v": FORMAT, "s": list(screens.numbers), "y": list(styles.numbers), "d": rows}
    return json.dumps(packed, separators=(",", ":"), ensure_ascii=False)


def unpack(packed: str, header: Plan) -> Plan:
    """The plan whose own words are ``header``'s and whose deliveries are ``packed``.

    While a deployment shifts, a newer router may have stored more behind what is read here: it is passed over.
    """
    content = json.loads(packed)
    screens = [Screen(title=title, body=body, cut=bool(cut)) for title, body, cut, *_ in content["s"]]
    styles = [PushStyle(interruption=interruption, collapse_id=collapse) for interruption, collapse, *_ in content["y"]]
    deliveries = tuple(_delivery(row, header, screens, styles) for row in content["d"])
    return header.model_copy(update={"deliveries": deliveries})


def _row(delivery: Delivery, screens: _Table, styles: _Table) -> list[Any]:
    row = [
        delivery.key.recipient,
        delivery.key.channel,
        delivery.key.endpoint,
        delivery.address,
        _screen(delivery.screen, screens),
        None if delivery.push is None else styles.number(delivery.push.interruption, delivery.push.collapse_id),
        list(delivery.roles),
        [_way(way, screens) for way in delivery.fallbacks],
    ]
    return row + _mark(rehearsed=delivery.rehearsed)


def _way(way: Fallback, screens: _Table) -> list[Any]:
    row = [way.endpoint.channel, way.endpoint.id, way.endpoint.address, _screen(way.screen, screens)]
    return row + _mark(rehearsed=way.endpoint.rehearsed)


def _mark(*, rehearsed: bool) -> list[Any]:
    """What stands behind a row whose endpoint is rehearsed. Almost none is, so the others say nothing."""
    return [1] if rehearsed else []


def _is_marked(further: list[Any]) -> bool:
    """An older router's rows have nothing there."""
    return further[:1] == [1]


def _screen(screen: Screen, screens: _Table) -> int:
    return screens.number(screen.title, screen.body, int(screen.cut))


def _delivery(row: list[Any], header: Plan, screens: list[Screen], styles: list[PushStyle]) -> Delivery:
    recipient, channel, endpoint, address, screen, style, roles, ways, *more = row
    return Delivery(
        key=DeliveryKey(
            tenant=header.tenant,
            notification=header.notification,
            recipient=recipient,
            channel=Channel(channel),
            endpoint=endpoint,
        ),
        priority=header.priority,
        kind=header.kind,
        address=address,
        rehearsed=_is_marked(more),
        screen=screens[screen],
        push=None if style is None else styles[style],
        roles=tuple(roles),
        fallbacks=tuple(
            Fallback(
                endpoint=Endpoint(channel=Channel(way), id=point, address=to, rehearsed=_is_marked(further)),
                screen=screens[shown],
            )
            for way, point, to, shown, *further in ways
        ),
        sent_at=header.sent_at,
        routed_at=header.routed_at,
        expires_at=header.expires_at,
    )
