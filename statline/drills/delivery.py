"""The way of notifications through the simulated region: producers, router, channels, providers."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from statline.contract.words import Priority
from statline.drills.calls import Calls, Provider
from statline.drills.deployment import INGRESS, Deployment
from statline.drills.failover import BesideEachOther, Standing
from statline.drills.levers import PROVIDER_OF
from statline.drills.names import by_lane, by_way, ours
from statline.drills.queueing import Batch, LaneQueue
from statline.drills.series import History
from statline.drills.traffic import STEP, TRAFFIC, day_share, lane_share, poisson, some_of
from statline.drills.working import Levers, Spread, Way, Worker, since

LANES = (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
_ROUTING = 0.25
"""Seconds from the producer until the router has handed on, while nothing waits."""
_SHARE_HOLDS = 300.0


class Delivery:
    """Everything between the producers and the providers."""

    def __init__(self, deployment: Deployment, history: History, dice: random.Random, *, zone: tzinfo) -> None:
        region = deployment.region
        self.channels = deployment.channels
        self._spread = Spread(dice)
        names = [*(PROVIDER_OF[channel] for channel in self.channels), *deployment.seconds.values()]
        self.providers = {name: Provider(name, deployment.rates[name], dice) for name in names}
        self.beside = {
            channel: _beside((PROVIDER_OF[channel], second), self.providers, history, region)
            for channel, second in deployment.seconds.items()
        }
        self.calls = {name: Calls(name) for name in ("router", *self.channels)}
        stages = (INGRESS, *self.channels)
        self.queues = {
            (stage, lane): LaneQueue(deployment.queue(stage, lane), lane) for stage in stages for lane in LANES
        }
        self._routers = {
            lane: Worker("router", INGRESS, self.queues[(INGRESS, lane)], lane, self.calls["router"]) for lane in LANES
        }
        self._routed = {lane: history.series(by_lane("RoutedSeconds", region, lane)) for lane in LANES}
        self.ways = {
            (lane, channel): Way(
                Worker(channel, channel, self.queues[(channel, lane)], lane, self.calls[channel]),
                (lane, channel),
                self.beside.get(channel) or self.providers[PROVIDER_OF[channel]],
                history.series(by_way("AcceptedSeconds", region, lane, channel)),
                self._spread,
            )
            for channel in self.channels
            for lane in LANES  # the lanes of a channel in their order: stat comes first to the provider's quota
        }
        self._extra = {(lane, channel): f"producers.{lane}.{channel}" for lane, channel in self.ways}
        self._zone, self._dice = zone, dice
        self._canaries: dict[Priority, list[float]] = {lane: [] for lane in LANES}
        self._share, self._share_until = 1.0, 0.0

    def send_canaries(self, lane: Priority, at: float) -> None:
        """A canary of the lane for each channel comes in with this step's notifications."""
        self._canaries[lane].append(at)

    def poison(self, stage: str, lane: Priority, count: int, now: float) -> None:
        """Put messages into a queue that crash whoever takes them."""
        for _ in range(count):
            self.queues[(stage, lane)].put(Batch(now, now, 1, poison=True))

    def step(self, now: float, levers: Levers) -> None:
        """Ten seconds of work."""
        if now >= self._share_until:
            self._share, self._share_until = day_share(datetime.fromtimestamp(now, self._zone)), now + _SHARE_HOLDS
        for provider in self.providers.values():
            provider.refresh(levers)
        for beside in self.beside.values():
            beside.refresh(now)
        for lane, worker in self._routers.items():
            self._receive(lane, now, levers)
            for batch in worker.take(now, levers, self._dice):
                self._spread.tell(self._routed[lane], now, since(batch, now), _ROUTING, batch.count)
                worker.queue.done(batch.count)
                self._send_on(lane, batch, now, levers)
        for way in self.ways.values():
            way.deliver(now, levers, self._dice)

    def _receive(self, lane: Priority, now: float, levers: Levers) -> None:
        traffic, queue = TRAFFIC[lane], self.queues[(INGRESS, lane)]
        mean = traffic.per_minute * lane_share(traffic, self._share) * levers[f"producers.{lane}"] * STEP / 60
        count = poisson(mean, self._dice)
        if count:
            queue.put(Batch(now + STEP / 2, now, count))
        for sent_at in self._canaries[lane]:
            for channel in self.channels:
                queue.put(Batch(sent_at, now, 1, canary=channel))
        self._canaries[lane].clear()

    def _send_on(self, lane: Priority, batch: Batch, now: float, levers: Levers) -> None:
        if batch.canary is not None:
            self.queues[(batch.canary, lane)].put(Batch(batch.sent_at, now, 1, canary=batch.canary))
            return
        for channel in self.channels:
            each = TRAFFIC[lane].ways[channel] + levers[self._extra[(lane, channel)]]
            count = _deliveries(batch.count, each, self._dice)
            if count:
                self.queues[(channel, lane)].put(Batch(batch.sent_at, now, count))


def _beside(names: Sequence[str], providers: Mapping[str, Provider], history: History, region: str) -> BesideEachOther:
    return BesideEachOther(
        [Standing(providers[name], history.series(ours("ProviderDemoted", region, provider=name))) for name in names]
    )


def _deliveries(notifications: int, each: float, dice: random.Random) -> int:
    """How many deliveries some notifications are, where each is so many on average."""
    return round(notifications * each) if each >= 1 else some_of(notifications, each, dice)
