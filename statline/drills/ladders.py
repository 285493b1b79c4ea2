"""Activations: who is paged, who answers, and the ladders that are climbed until somebody does."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from statline.contract.words import Channel
from statline.drills.deployment import Deployment
from statline.drills.names import ours
from statline.drills.series import History
from statline.drills.side_queues import SideQueues
from statline.drills.traffic import STEP, day_share, poisson

Levers = Mapping[str, float]
_AN_HOUR, _BY_THE_HOUR, _ROLES = 3.0, 0.4, 3
"""Activations in an average working hour, how much they follow the day, and the ladders that each has."""
_WAIT, _STEPS = 60.0, 4
"""Seconds from one step to the next, and how many there are after the first page: the default policy's."""
_ANSWERS_WITHIN = (5.0, 45.0)
_BY_KEY = 0.5
_TIMER_SECONDS = (0.1, 1.4)
"""How late a timer and its look are on a usual day."""
_BACK_AFTER = 20.0
"""Seconds until a killed worker's message is taken up again."""
_OVERDUE_AFTER, _ON_ITS_WAY = 5.0, 0.0003
"""The sweep finds what is so late; and now and then one that is being looked at just then."""
_MINUTE, _SHARE_HOLDS = 60.0, 300.0


@dataclass(slots=True)
class _Ladder:
    """visible: when its next look is in the queue; None while the timer runs, or is lost."""

    due: float
    visible: float | None = None
    steps: int = _STEPS
    opened: bool = False
    lost: bool = False
    answers_at: float | None = None
    by_key: bool = False
    heard: float | None = None


class Ladders:
    """Every ladder that is climbed in the region."""

    def __init__(
        self, deployment: Deployment, history: History, queues: SideQueues, dice: random.Random, *, zone: tzinfo
    ) -> None:
        self._queues, self._dice, self._zone = queues, dice, zone
        self._keys = Channel.VOICE in deployment.channels
        names = ("StepLateSeconds", "LaddersOverdue", "LaddersExhausted")
        self._late, self._overdue, self._exhausted = (history.series(ours(name, deployment.region)) for name in names)
        self._climbing: list[_Ladder] = []
        self._share, self._share_until = 1.0, 0.0

    def begin(self, now: float, levers: Levers) -> None:
        """Before the queues are worked off: what comes in, what people do, which timers end."""
        if now >= self._share_until:
            share = day_share(datetime.fromtimestamp(now, self._zone))
            self._share, self._share_until = 1.0 + _BY_THE_HOUR * (share - 1.0), now + _SHARE_HOLDS
        activations = poisson(_AN_HOUR * self._share * levers["producers.activations"] * STEP / 3600, self._dice)
        for _ in range(activations * _ROLES):
            ladder = _Ladder(due=now + _WAIT, visible=now)
            self._page(ladder, now, levers)
            self._climbing.append(ladder)
            self._queues["escalation"].put(now, 1)
        for ladder in self._climbing:
            self._answer(ladder, now, levers)
            if ladder.opened and ladder.visible is None and not ladder.lost and ladder.due < now + STEP:
                self._wake(ladder, now)
        if now % _MINUTE == 0:
            self._sweep(now, levers)

    def climb(self, now: float, levers: Levers) -> None:
        """After the queues were worked off: looks that were taken do what is due."""
        escalation, receipts = self._queues["escalation"], self._queues["receipts"]
        left = []
        for ladder in self._climbing:
            if ladder.heard is not None and receipts.passed(ladder.heard):
                continue
            if ladder.visible is not None and escalation.passed(ladder.visible):
                ladder.visible = None
                if not ladder.opened:
                    ladder.opened = True
                elif not self._fire(ladder, now, levers):
                    continue
            left.append(ladder)
        self._climbing = left

    def _page(self, ladder: _Ladder, now: float, levers: Levers) -> None:
        """Somebody is paged. They answer after some seconds, or not at all."""
        dice = self._dice
        if ladder.answers_at is None and dice.random() >= levers["people.silent"]:
            ladder.answers_at = now + dice.uniform(*_ANSWERS_WITHIN)
            ladder.by_key = self._keys and dice.random() < _BY_KEY

    def _answer(self, ladder: _Ladder, now: float, levers: Levers) -> None:
        if ladder.answers_at is None or ladder.answers_at > now or ladder.heard is not None:
            return
        if not ladder.by_key:
            ladder.heard = now
            self._queues["receipts"].put(now, 1)
        elif self._dice.random() >= levers["function.keypad.errors"]:
            ladder.heard = float("-inf")
        else:
            ladder.answers_at = None

    def _wake(self, ladder: _Ladder, now: float) -> None:
        ladder.visible, ladder.lost = now, False
        self._queues["escalation"].put(now, 1)

    def _fire(self, ladder: _Ladder, now: float, levers: Levers) -> bool:
        """The next step, or the end. Returns whether the ladder goes on."""
        dice = self._dice
        if dice.random() < levers["function.escalation.errors"]:
            ladder.visible = now + _BACK_AFTER
            return True
        if ladder.steps == 0:
            if self._exhausted is not None:
                self._exhausted.add(now + STEP / 2, 1.0)
            return False
        late = max(0.0, now - ladder.due) + dice.uniform(*_TIMER_SECONDS) * levers["function.escalation.slowness"]
        if self._late is not None:
            self._late.add(now + STEP / 2, late)
        ladder.steps -= 1
        ladder.due += late + _WAIT
        ladder.lost = dice.random() < levers["escalation.timers_lost"]
        self._page(ladder, now, levers)
        return True

    def _sweep(self, now: float, levers: Levers) -> None:
        """Once a minute, by the same function: what is past its moment is looked at."""
        if self._dice.random() < max(levers["function.escalation.errors"], levers["function.escalation.throttled"]):
            return
        overdue = [one for one in self._climbing if one.opened and one.due < now - _OVERDUE_AFTER]
        for ladder in overdue:
            if ladder.visible is None:
                self._wake(ladder, now)
        on_its_way = 1 if self._dice.random() < _ON_ITS_WAY else 0
        if self._overdue is not None:
            self._overdue.add(now, float(len(overdue) or on_its_way))
