"""The providers of one channel: which one is taken for a delivery, and what is learned from their answers."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.failover import (
    LATEST,
    Heard,
    Standing,
    demoted,
    is_failing,
    preferred,
    speaks_against,
)
from functions.core.domain.delivering.outcomes import Outcome
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Provider, ProviderStandings
from statline.contract.words import Channel

KNOWN_FOR = timedelta(seconds=5)
"""How long a worker goes by the standings that it has read."""

Told = Callable[[Channel, Standing], None]
Call = tuple[str, Delivery]
"""A provider's name, and what it is to send."""


def _tell_nobody(_: Channel, __: Standing) -> None:
    """For who has no log."""


class Providers:
    """The providers of a channel in the order in which they are preferred. Most channels have one, and ask no table.

    ``told`` hears of every demotion that this worker wrote, or would have written in the very same words.
    """

    def __init__(
        self,
        channel: Channel,
        providers: Sequence[Provider],
        standings: ProviderStandings,
        clock: Clock,
        told: Told = _tell_nobody,
    ) -> None:
        self._channel = channel
        self._by_name = {provider.name: provider for provider in providers}
        self._names = tuple(self._by_name)
        self._standings = standings
        self._clock = clock
        self._told = told
        self._known: Mapping[str, Standing] = {}
        self._known_at: datetime | None = None
        self._heard: dict[str, deque[Heard]] = {name: deque(maxlen=LATEST) for name in self._names}
        self._at_once = ThreadPoolExecutor(len(self._names), thread_name_prefix="providers")

    def name_for(self, delivery: Delivery) -> str:
        """The provider that is to send a delivery: the one that it names, else the first that is not demoted.

        One that the region no longer has is named by an older plan: then it goes by whichever is up.
        """
        if delivery.provider in self._by_name:
            return delivery.provider
        if len(self._names) == 1:
            return self._names[0]
        now = self._clock()
        if self._known_at is None or not timedelta() <= now - self._known_at < KNOWN_FOR:
            self._refresh(now)
        return preferred(self._names, self._known, now)

    def send(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make each call once, by the provider that it names, and answer the outcomes in order.

        Providers are called side by side: one that does not answer takes nothing of the other's time.
        """
        groups = [[number for number, (named, _) in enumerate(calls) if named == name] for name in self._names]
        used = [(name, numbers) for name, numbers in zip(self._names, groups, strict=True) if numbers]
        batches = [(self._by_name[name], [calls[number][1] for number in numbers]) for name, numbers in used]
        if len(batches) == 1:
            ((provider, batch),) = batches
            return provider.send(batch)
        answers = self._at_once.map(lambda each: each[0].send(each[1]), batches)
        outcomes: dict[int, Outcome] = {}
        for (_, numbers), answered in zip(used, answers, strict=True):
            outcomes |= dict(zip(numbers, answered, strict=True))
        return [outcomes[number] for number in range(len(calls))]

    def learn(self, calls: Sequence[Call], outcomes: Sequence[Outcome]) -> None:
        """Remember what was answered, and demote who fails. Best effort: whoever hears the next failure tries again."""
        if len(self._names) == 1:
            return
        now = self._clock()
        for (name, delivery), outcome in zip(calls, outcomes, strict=True):
            bad = speaks_against(outcome, delivery.priority)
            if bad is not None:
                self._heard[name].append(Heard(now, bad))
        for name in dict.fromkeys(name for name, _ in calls):
            if is_failing(self._heard[name], now):
                self._demote(name, now)

    def _demote(self, name: str, now: datetime) -> None:
        try:
            before = self._standings.of(self._channel, [name]).get(name)
            if before is None or not before.is_demoted(now):
                wanted = demoted(name, before, now)
                before = self._standings.write(self._channel, wanted)
                if before == wanted:
                    self._told(self._channel, wanted)
        except StoreUnavailableError:
            return
        self._known = {**self._known, name: before}
        self._heard[name].clear()  # when it is raised again, it is judged by what it answers then

    def _refresh(self, now: datetime) -> None:
        """Read the standings. While the table does not answer, what was known last is believed."""
        self._known_at = now
        try:
            self._known = self._standings.of(self._channel, self._names)
        except StoreUnavailableError:
            return
