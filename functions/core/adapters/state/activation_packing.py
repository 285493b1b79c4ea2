"""A plan's activation as the part ``a`` of its packed text, and back.

Ladders of one policy climb by the same rungs, so rungs stand once and are pointed at by number, as screens do.
"""

from collections.abc import Callable, Sequence
from typing import Any

from functions.core.domain.delivering.delivery import PushStyle, Screen
from functions.core.domain.escalation.activation import Activation, LadderPlan, Rung
from statline.contract.words import Channel

Number = Callable[[Any], int]
"""Where a value stands among those that are kept once."""


def pack_activation(activation: Activation, screen: Number, style: Number) -> list[Any]:
    """The activation as a row: code, screens, style, rungs, ladders."""
    climbs: list[tuple[Rung, ...]] = []
    ladders = [_ladder(ladder, climbs) for ladder in activation.ladders]
    return [
        activation.code,
        [[channel, screen(shown)] for channel, shown in activation.screens.items()],
        None if activation.push is None else style(activation.push),
        [[_rung(rung) for rung in rungs] for rungs in climbs],
        ladders,
    ]


def unpack_activation(row: Sequence[Any], screens: Sequence[Screen], styles: Sequence[PushStyle]) -> Activation:
    """The activation that a row tells of. What a newer router stored behind it is passed over."""
    code, shown, style, climbs, ladders, *_ = row
    rungs = [tuple(_rung_of(each) for each in rows) for rows in climbs]
    return Activation(
        code=code,
        ladders=tuple(_ladder_of(each, rungs) for each in ladders),
        screens={Channel(channel): screens[number] for channel, number, *_ in shown},
        push=None if style is None else styles[style],
    )


def _ladder(ladder: LadderPlan, climbs: list[tuple[Rung, ...]]) -> list[Any]:
    if ladder.rungs not in climbs:
        climbs.append(ladder.rungs)
    number = climbs.index(ladder.rungs)
    row = [ladder.role, ladder.team, ladder.policy, list(ladder.people), ladder.first_wait, number]
    return [*row, list(ladder.teams)] if ladder.teams else row


def _ladder_of(row: Sequence[Any], climbs: Sequence[tuple[Rung, ...]]) -> LadderPlan:
    role, team, policy, people, first_wait, number, *further = row
    teams = further[0] if further else ()
    return LadderPlan(
        role=role,
        team=team,
        policy=policy,
        people=tuple(people),
        first_wait=first_wait,
        rungs=climbs[number],
        teams=tuple(teams),
    )


def _rung(rung: Rung) -> list[Any]:
    who = [target.model_dump(exclude_none=True) for target in rung.who]
    return [rung.round, rung.step, who, list(rung.channels), rung.wait]


def _rung_of(row: Sequence[Any]) -> Rung:
    number, step, who, channels, wait, *_ = row
    return Rung.model_validate({"round": number, "step": step, "who": who, "channels": channels, "wait": wait})
