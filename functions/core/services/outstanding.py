"""Find the delivery that waits for us longest, on each lane and channel. Done every ten seconds, stat first.

The watch list is gone through from its earliest entry on. A flood may leave more on it than can be read in one tick.
What was found by then is told: it waits, and nothing unread was sent before it. Where a lane was not read to its end,
some of what is left is looked at as well, at moments that come closer to each other the nearer they are to now. So the
answer is never too high, because every delivery that is told of does wait. And of a stall, in which everything since
its beginning waits, it says at least seven tenths of the age.

A tick may die anywhere, and two may run at once: all that it writes is releases, and only of what is over for good.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from functions.core.domain.delivering.standing import Waiting, standing_of, ways_of
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates
from functions.core.domain.ports.routing import WatchList
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import Watched
from statline.contract.words import Channel, Priority

READING_TIME: Mapping[Priority, timedelta] = {
    Priority.STAT: timedelta(seconds=1.5),
    Priority.URGENT: timedelta(seconds=1.5),
    Priority.ROUTINE: timedelta(seconds=0.75),
}
"""How long a lane's list is read, in the order in which the lanes are."""
ANSWERED_TIME = timedelta(seconds=0.5)
"""The same once nothing unread can change the answer: what is read then is read only to be released."""
SPREAD_TIME = timedelta(seconds=0.5)
"""How long the unread are looked at."""
TICK_TIME = timedelta(seconds=7)
"""When nothing more is released. The function's time ends a second later, the next tick comes two after that."""
PAGE = 50
"""How many plans are read at once, and how many notifications are released."""
WAYS = 1_000
"""How many ways' records are read at once, or little more: an activation of 500 people has as many by itself."""
LOOKS = 16
"""At how many moments the unread are looked at."""
NEARER = 0.7
"""How old each of these moments is, to the one before it."""
AT_A_LOOK = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a tick knows of one lane at a moment.

    oldest: the delivery that waits longest, by channel; none where nothing waits. whole: the lane was read to its end.
    """

    lane: Priority
    at: datetime
    oldest: Mapping[Channel, Waiting]
    whole: bool

    def age(self, channel: Channel) -> timedelta:
        """For how long the oldest delivery of a channel has waited; nothing where none waits."""
        waiting = self.oldest.get(channel)
        return max(self.at - waiting.since, timedelta()) if waiting else timedelta()


class Figures(Protocol):
    """Where the figures go."""

    def outstanding(self, found: Found) -> None:
        """What was found on a lane."""
        ...


@dataclass(slots=True)
class _Reading:
    """What has been read of a lane so far."""

    oldest: dict[Channel, Waiting] = field(default_factory=dict)
    over: dict[Watched, None] = field(default_factory=dict)

    def add(self, waiting: Mapping[Channel, Waiting]) -> None:
        for channel, found in waiting.items():
            known = self.oldest.get(channel)
            if known is None or found.since < known.since:
                self.oldest[channel] = found

    def answers(self, channels: Sequence[Channel], unread_since: datetime) -> bool:
        """Whether nothing that waits since then or later can change what is known."""
        return all(channel in self.oldest and self.oldest[channel].since <= unread_since for channel in channels)


@dataclass(frozen=True, slots=True)
class FindOutstanding:
    """The use case, with its ports. ``channels``: those of the region."""

    watch_list: WatchList
    states: DeliveryStates
    figures: Figures
    channels: Sequence[Channel]
    clock: Clock

    def __call__(self) -> int:
        """Tell of each lane; then release what is over, and answer how much of it was left for the next tick.

        Raises `StoreUnavailableError`: of the lanes that were not told by then nothing is known, and nothing is said.
        """
        began = self.clock()
        over: list[Watched] = []
        for lane in READING_TIME:
            reading = _Reading()
            whole = self._read(lane, reading)
            self.figures.outstanding(Found(lane, self.clock(), reading.oldest, whole))
            over += reading.over
        return self._release(over, began + TICK_TIME)

    def _read(self, lane: Priority, reading: _Reading) -> bool:
        """Read a lane from its earliest notification on; answer whether all was read that bears on the answer."""
        now = self.clock()
        entries = self.watch_list.since(lane)
        unread_since = self._go_through(entries, reading, now + READING_TIME[lane], now + ANSWERED_TIME)
        if unread_since is None or reading.answers(self.channels, unread_since):
            return True
        end = self.clock() + SPREAD_TIME
        self._go_through(self._spread(lane, unread_since, end), reading, end, end)
        return False

    def _spread(self, lane: Priority, unread_since: datetime, until: datetime) -> Iterator[Watched]:
        """Some of the unread, from the earliest of them to the latest; fewer where the list is slow."""
        now = self.clock()
        for number in range(LOOKS):
            if number and self.clock() >= until:
                return
            moment = now - (now - unread_since) * NEARER**number
            yield from islice(self.watch_list.since(lane, moment), AT_A_LOOK)

    def _go_through(
        self, entries: Iterator[Watched], reading: _Reading, until: datetime, answered_until: datetime
    ) -> datetime | None:
        """Look at one after the other while there is time; answer since when the first unread one waits, if one is.

        The first are looked at in any case: a list that is slow to answer must not look like one that is empty.
        """
        looked = False
        for page in _pages(entries):
            for group in _groups(page, self.watch_list.plans(page)):
                since = group[0][0].since
                if looked and self.clock() >= (answered_until if reading.answers(self.channels, since) else until):
                    return since
                self._look_at(group, reading)
                looked = True
        return None

    def _look_at(self, group: Sequence[tuple[Watched, Plan]], reading: _Reading) -> None:
        """Read the records of all ways of these, and see how far they are."""
        keys = list(dict.fromkeys(way.key for _, plan in group for way in ways_of(plan)))
        records = dict(zip(keys, self.states.read(keys), strict=True))
        now = self.clock()
        for watched, plan in group:
            standing = standing_of(plan, records, now)
            reading.add(standing.waiting)
            if standing.over:
                reading.over[watched] = None

    def _release(self, over: Sequence[Watched], until: datetime) -> int:
        left = 0
        for start in range(0, len(over), PAGE):
            if self.clock() >= until:
                return left + len(over) - start
            left += self.watch_list.release(over[start : start + PAGE])
        return left


def _pages(watched: Iterator[Watched]) -> Iterator[list[Watched]]:
    while page := list(islice(watched, PAGE)):
        yield page


def _groups(watched: Sequence[Watched], plans: Sequence[Plan | None]) -> Iterator[list[tuple[Watched, Plan]]]:
    """Those that are still watched, with their plans, in groups of about `WAYS` ways: each takes about as long."""
    group: list[tuple[Watched, Plan]] = []
    ways = 0
    for each, plan in zip(watched, plans, strict=True):
        if plan is None:
            continue
        group.append((each, plan))
        ways += sum(1 + len(delivery.fallbacks) for delivery in plan.deliveries)
        if ways >= WAYS:
            yield group
            group, ways = [], 0
    if group:
        yield group
