"""A plan's deliveries as one short JSON text, and back.

What every delivery of a plan shares is not repeated: screens and push styles stand once and are pointed at by number,
and the notification's own words (tenant, id, priority, times) stand in its item. So a routine push's plan fits into
one write unit, and the plan of an activation for 500 people into one item.
"""

import json
from functools import partial
from typing import Any

from functions.core.adapters.state.activation_packing import pack_activation, unpack_activation
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, Endpoint, Fallback, PushStyle, Screen
from functions.core.domain.routing.plan import Plan
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
    packed: dict[str, Any] = {"v": FORMAT, "s": (), "y": ()}
    packed["d"] = [_row(delivery, screens, styles) for delivery in plan.deliveries]
    if plan.activation is not None:
        packed["a"] = pack_activation(plan.activation, partial(_screen, screens), partial(_style, styles))
    packed |= {"s": list(screens.numbers), "y": list(styles.numbers)}
    return json.dumps(packed, separators=(",", ":"), ensure_ascii=False)


def unpack(packed: str, header: Plan) -> Plan:
    """The plan whose own words are ``header``'s and whose deliveries are ``packed``.

    While a deployment shifts, a newer router may have stored more behind what is read here: it is passed over.
    """
    content = json.loads(packed)
    screens = [Screen(title=title, body=body, cut=bool(cut)) for title, body, cut, *_ in content["s"]]
    styles = [PushStyle(interruption=interruption, collapse_id=collapse) for interruption, collapse, *_ in content["y"]]
    deliveries = tuple(_delivery(row, header, screens, styles) for row in content["d"])
    activation = unpack_activation(content["a"], screens, styles) if "a" in content else None
    return header.model_copy(update={"deliveries": deliveries, "activation": activation})


def _row(delivery: Delivery, screens: _Table, styles: _Table) -> list[Any]:
    row = [
        delivery.key.recipient,
        delivery.key.channel,
        delivery.key.endpoint,
        delivery.address,
        _screen(screens, delivery.screen),
        None if delivery.push is None else _style(styles, delivery.push),
        list(delivery.roles),
        [_way(way, screens) for way in delivery.fallbacks],
    ]
    return row + _further(delivery.rehearsed, delivery.provider, delivery.sender)


def _way(way: Fallback, screens: _Table) -> list[Any]:
    endpoint = way.endpoint
    row = [endpoint.channel, endpoint.id, endpoint.address, _screen(screens, way.screen)]
    return row + _further(endpoint.rehearsed, endpoint.provider)


def _further(rehearsed: bool, *words: str) -> list[Any]:
    """What stands behind a row: whether its endpoint is rehearsed, its provider, its sender. Mostly nothing does."""
    row = [int(rehearsed), *words]
    while row and not row[-1]:
        row.pop()
    return row


def _read_further(further: list[Any]) -> tuple[bool, str, str]:
    """An older router's rows have less there, or nothing."""
    rehearsed = further[:1] == [1]
    provider, sender, *_ = [*further[1:], "", ""]
    return rehearsed, provider, sender


def _screen(screens: _Table, screen: Screen) -> int:
    return screens.number(screen.title, screen.body, int(screen.cut))


def _style(styles: _Table, style: PushStyle) -> int:
    return styles.number(style.interruption, style.collapse_id)


def _delivery(row: list[Any], header: Plan, screens: list[Screen], styles: list[PushStyle]) -> Delivery:
    recipient, channel, endpoint, address, screen, style, roles, ways, *more = row
    rehearsed, provider, sender = _read_further(more)
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
        rehearsed=rehearsed,
        provider=provider,
        sender=sender,
        screen=screens[screen],
        push=None if style is None else styles[style],
        roles=tuple(roles),
        fallbacks=tuple(_fallback(way, screens) for way in ways),
        sent_at=header.sent_at,
        routed_at=header.routed_at,
        expires_at=header.expires_at,
    )


def _fallback(row: list[Any], screens: list[Screen]) -> Fallback:
    channel, point, to, shown, *further = row
    rehearsed, provider, _ = _read_further(further)
    endpoint = Endpoint(channel=Channel(channel), id=point, address=to, rehearsed=rehearsed, provider=provider)
    return Fallback(endpoint=endpoint, screen=screens[shown])
