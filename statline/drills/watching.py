"""What watches the simulated region from within: the canary, and the look for the oldest outstanding delivery."""

import random

from statline.contract.words import Channel, Priority
from statline.drills.delivery import LANES, Delivery
from statline.drills.names import by_way
from statline.drills.series import History
from statline.drills.traffic import STEP
from statline.drills.working import Levers

_APART, _EVERY = 5.0, 15.0
"""Seconds between two canaries: the lanes take turns, so that each has one in a quarter of a minute."""
_GIVEN_TIME = 30.0
_MINUTE = 60.0


class Watching:
    """Each lane's canaries four times a minute, a look every ten seconds, and a call to the outside once a minute."""

    def __init__(self, region: str, delivery: Delivery, history: History, dice: random.Random) -> None:
        self._delivery = delivery
        self._dice = dice
        ways = [(lane, channel) for lane in LANES for channel in delivery.channels]
        self._outstanding = {way: history.series(by_way("OldestOutstandingSeconds", region, *way)) for way in ways}
        self._arrived = {way: history.series(by_way("CanaryArrived", region, *way)) for way in ways}
        self._seconds = {way: history.series(by_way("CanarySeconds", region, *way)) for way in ways}
        self._sent: dict[Priority, list[float]] = {lane: [] for lane in LANES}
        self._stat_arrived = False
        self.outside_calls: list[float] = []
        """When the dead-man's switch was called: once a minute, if the stat lane delivered on any channel."""

    def step(self, now: float, levers: Levers) -> None:
        """Before the region's own step: look at what is there, and send what is due."""
        if levers["function.outstanding.errors"] < 1:
            self._look(now)
        if levers["function.canary.errors"] >= 1:
            return
        for moment in (now, now + _APART):
            lane = LANES[int(moment % _EVERY // _APART)]
            self._judge(lane, moment)
            self._sent[lane].append(moment)
            self._delivery.send_canaries(lane, moment)
        if now % _MINUTE == 0 and self._stat_arrived:
            self.outside_calls.append(now)
            self._stat_arrived = False

    def _look(self, now: float) -> None:
        delivery = self._delivery
        for beside in delivery.beside.values():
            beside.tell(now)
        for way, series in self._outstanding.items():
            if series is None:
                continue
            lane, channel = way
            oldest = delivery.queues[(channel, lane)].oldest_sent(now)
            series.add(now, now - oldest if oldest is not None and oldest < now else self._under_way(way))

    def _under_way(self, way: tuple[Priority, Channel]) -> float:
        """The age of what a look meets on its way: mostly nothing."""
        busy = self._delivery.ways[way].under_way / STEP
        return self._dice.random() * min(2.0, 0.5 + busy) if self._dice.random() < busy else 0.0

    def _judge(self, lane: Priority, now: float) -> None:
        """Say of the lane's canaries that have had their time whether they arrived."""
        for sent in [moment for moment in self._sent[lane] if moment <= now - _GIVEN_TIME]:
            self._sent[lane].remove(sent)
            for way in ((lane, channel) for channel in self._delivery.channels):
                series = self._arrived[way]
                accepted = self._delivery.ways[way].accepted_at.pop(sent, None)
                in_time = accepted is not None and accepted <= now
                self._stat_arrived |= in_time and lane is Priority.STAT
                if series is not None:
                    series.add(now, 1.0 if in_time else 0.0)
                seconds = self._seconds[way]
                if seconds is not None and accepted is not None:
                    seconds.add(now, accepted - sent)
