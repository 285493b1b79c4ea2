"""What comes back of deliveries: receipts, and the stats that go another way because none came."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from statline.contract.words import Channel, Priority
from statline.drills.deployment import Deployment
from statline.drills.names import by_way, ours
from statline.drills.series import History, Series
from statline.drills.side_queues import SideQueues
from statline.drills.traffic import STEP, poisson, some_of
from statline.drills.working import Way

Levers = Mapping[str, float]
_NEVER = 0.03
"""Of what a provider accepts, what no receipt comes for on a usual day: phones that are off."""
_OTHER_WAY = 0.3
"""Of the stats, those that have another way, and so a deadline."""
_DEADLINE, _SECONDS = 60.0, 6.0
_FORGED_A_MINUTE = 1 / (3 * 1440)
"""Somebody knocks every three days."""
_HALF_AN_HOUR, _ROLL_CALLS = 1800.0, frozenset({900.0, 1500.0})
"""A roll call at a quarter past and a quarter to, and its report ten minutes later."""


@dataclass(slots=True)
class _Handed:
    """The stats of one channel that a provider took over in one step.

    came: receipts. waited: those with a deadline; missing: those of them that no receipt comes for. due: when the
    deadline's message became visible.
    """

    at: float
    channel: Channel
    came: int
    waited: int
    missing: int
    heard: bool = False
    due: float | None = None


class Receipts:
    """Receipts, their deadlines, callbacks and roll calls, step by step."""

    def __init__(
        self, deployment: Deployment, history: History, queues: SideQueues, ways: Iterable[Way], dice: random.Random
    ) -> None:
        region, channels = deployment.region, deployment.channels
        self._queues, self._dice, self._ways = queues, dice, tuple(ways)
        self._came = {one: history.series(by_way("ReceiptSeconds", region, Priority.STAT, one)) for one in channels}
        self._late = {one: history.series(ours("ReceiptsLate", region, channel=one)) for one in channels}
        self._forged = history.series(ours("CallbacksForged", region))
        self._stats: list[_Handed] = []

    def begin(self, now: float, levers: Levers) -> None:
        """Before the queues are worked off: what was handed over in the step before is answered now."""
        for way in self._ways:
            self._hand(now, way, _lost(way.channel, levers))
        for stat in self._stats:
            if stat.due is None and now >= stat.at + _DEADLINE:
                stat.due = now
                self._queues["receipt-deadlines"].put(now, stat.waited)
        if now % _HALF_AN_HOUR in _ROLL_CALLS:
            self._queues["roll-calls"].put(now, 1)
        forged = poisson((levers["callbacks.forged"] + _FORGED_A_MINUTE) * STEP / 60, self._dice)
        if forged and self._forged is not None:
            self._forged.add(now, float(forged))

    def tell(self, now: float) -> None:
        """After the queues were worked off: what was heard, and what was waited for in vain."""
        heard, late, left = self._queues["receipts"], self._queues["receipt-deadlines"], []
        for stat in self._stats:
            if not stat.heard and heard.passed(stat.at):
                stat.heard = True
                _add(self._came[stat.channel], now, _SECONDS, stat.came)
            if stat.due is not None and late.passed(stat.due):
                missing = stat.missing if stat.heard else stat.waited
                _add(self._late[stat.channel], now, float(missing), min(missing, 1))
            else:
                left.append(stat)
        self._stats = left

    def _hand(self, now: float, way: Way, lost: float) -> None:
        count = way.take_handed_over()
        came = some_of(count, 1.0 - lost, self._dice)
        self._queues["receipts"].put(now, came)
        if count and way.lane is Priority.STAT:
            waited = some_of(count, _OTHER_WAY, self._dice)
            self._stats.append(_Handed(now, way.channel, came, waited, some_of(waited, lost, self._dice)))


def _lost(channel: Channel, levers: Levers) -> float:
    return min(1.0, _NEVER + levers[f"receipts.{channel}.lost"])


def _add(series: Series | None, now: float, value: float, weight: int) -> None:
    if series is not None and weight:
        series.add(now + STEP / 2, value, float(weight))
