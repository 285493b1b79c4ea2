"""The simulated region: everything that alarms read, advanced in steps of ten seconds."""

import random
from collections.abc import Mapping
from datetime import tzinfo

from statline.contract.words import Priority
from statline.drills.aws_figures import AwsFigures
from statline.drills.course import Course
from statline.drills.delivery import LANES, Delivery
from statline.drills.deployment import Deployment
from statline.drills.errors import TemplatesError
from statline.drills.ladders import Ladders
from statline.drills.names import by_way, ours
from statline.drills.receipts import Receipts
from statline.drills.series import History
from statline.drills.side_queues import side_queues
from statline.drills.surroundings import Surroundings
from statline.drills.traffic import STEP
from statline.drills.watching import Watching

_MINUTE = 60.0
_APART = 1_000_003
_OUTCOMES = {
    "ProviderAccepted": "accepted",
    "ProviderPutOff": "put_off",
    "ProviderRefused": "refused",
    "ProviderUnknown": "lost",
}


class Region:
    """One region of a deployment, from a moment on. Its figures are in `history`.

    began: seconds of the epoch. zone: where its clinicians live. seed: of its weather; the same seed, the same figures.
    """

    def __init__(self, deployment: Deployment, *, began: float, zone: tzinfo, seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311 - weather, no secret
        drawn = {
            by_way(name, deployment.region, lane, channel)
            for name in ("AcceptedSeconds", "OldestOutstandingSeconds")
            for lane in LANES
            for channel in deployment.channels
        }
        self.history = History(deployment.metrics | drawn)
        self.delivery = Delivery(deployment, self.history, dice, zone=zone)
        self.watching = Watching(deployment.region, self.delivery, self.history, dice)
        self.surroundings = Surroundings(deployment, self.history, dice, zone=zone)
        self._queues = side_queues(deployment.queues)
        others = random.Random(seed + _APART)  # noqa: S311 - weather as well: who answers decides nothing else
        self._ladders = Ladders(deployment, self.history, self._queues, others, zone=zone)
        self._receipts = Receipts(deployment, self.history, self._queues, self.delivery.ways.values(), others)
        self._aws = AwsFigures((self.delivery, self._queues, self.surroundings), self.history, deployment.metrics, dice)
        self._outcomes = {
            (provider, field): self.history.series(ours(name, deployment.region, provider=provider))
            for provider in self.delivery.providers
            for name, field in _OUTCOMES.items()
        }
        self._now = began
        self._put_in: dict[str, float] = {}
        _check(self.history, deployment)

    def advance(self, until: float, course: Course) -> None:
        """Live on until a moment, with the levers where the course has them."""
        while self._now < until:
            for name, count in course.put_in(self._now, self._now + STEP):
                self._receive(name, count)
            self._step(self._now, course.levers(self._now))
            self._now += STEP

    def _receive(self, name: str, count: float) -> None:
        kind, *place = name.split(".")
        if kind == "stage":
            self.delivery.poison(place[0], Priority(place[1]), round(count), self._now)
        else:
            self._put_in[name] = self._put_in.get(name, 0.0) + count

    def _step(self, now: float, levers: Mapping[str, float]) -> None:
        if levers["region.silent"] > 0:
            return
        if now % _MINUTE < STEP:
            self._aws.minute(now - _MINUTE, levers, self._put_in)
            self.surroundings.minute(now, levers)
            self._put_in = {}
        self.watching.step(now, levers)
        self.delivery.step(now, levers)
        self._follow(now, levers)
        for name, provider in self.delivery.providers.items():
            counted = provider.take()
            for field in _OUTCOMES.values():
                series, count = self._outcomes[(name, field)], getattr(counted, field)
                if series is not None and count:
                    series.add(now + STEP / 2, count)

    def _follow(self, now: float, levers: Mapping[str, float]) -> None:
        """What comes back, and what is followed up."""
        self._receipts.begin(now, levers)
        self._ladders.begin(now, levers)
        for queue in self._queues.values():
            queue.work(levers)
        self._receipts.tell(now)
        self._ladders.climb(now, levers)


def _check(history: History, deployment: Deployment) -> None:
    """Nothing that an alarm reads may be missing here: such an alarm would be drilled on silence."""
    missing = sorted(f"{key.namespace} {key.name} {dict(key.dimensions)}" for key in history.unpublished)
    if missing:
        raise TemplatesError(
            f"{deployment.region}: alarms read what the simulated region does not publish: {'; '.join(missing)}."
            " Add it to statline/drills, beside what is like it."
        )
