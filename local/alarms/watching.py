"""Looks at all regions every ten seconds: what alarms there are, what figures came, what that makes of the alarms."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from local.alarms.feed import AwayError, News
from local.alarms.patience import USUAL, Patience
from local.alarms.region import CloudWatch, Region
from statline.alarms.model import Transition

EVERY = 10.0
"""Seconds between two looks: what alarms of high resolution are evaluated after."""
_LATER = 0.7
"""So long after a full ten seconds: the figures of a period come when it is over."""
_FIRST_LOOK_BACK = 3600.0


class Source(Protocol):
    """Who knows what figures came."""

    def read(self, after: int, since: float) -> News:
        """What arrived after a number, about moments from `since` on. Raises AwayError."""


Say = Callable[[str], None]


class Watching:
    """All regions that have alarms.

    find: gives a region's CloudWatch. say: takes lines for the log. patience: the seconds for which silence means
    nothing (see `Patience`).
    """

    def __init__(self, source: Source, find: Callable[[str], CloudWatch], say: Say, patience: float = USUAL) -> None:
        self._source = source
        self._find = find
        self._say = say
        self._patience = patience
        self._regions: dict[str, Region] = {}
        self._after = 0
        self._digests: Mapping[str, int] = {}
        self._complaints: set[str] = set()
        self.looks = 0

    async def run(self) -> None:
        """Look at every full ten seconds until cancelled. While the emulator is away it says so, once."""
        away = ""
        while True:
            try:
                await asyncio.to_thread(self.look, time.time())
                away = ""
            except AwayError as problem:
                if str(problem) != away:
                    self._say(str(problem))
                away = str(problem)
            await asyncio.sleep(EVERY - (time.time() - _LATER) % EVERY)

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many alarms each region has."""
        return {name: region.size for name, region in self._regions.items()}

    def look(self, now: float) -> None:
        """Look once (seconds of the epoch). Raises AwayError when the emulator does not answer."""
        self._hear(now)
        if self._refresh(now):
            self._hear_all_again(now)
        for name, region in self._regions.items():
            for transition in region.evaluate(now):
                self._say(_line(name, transition))
        self.looks += 1

    def _hear(self, now: float) -> None:
        back = max((_FIRST_LOOK_BACK, *(region.looks_back for region in self._regions.values())))
        news = self._source.read(self._after, now - back)
        self._after = news.last
        self._digests = news.alarms
        for name in news.alarms.keys() - self._regions.keys():
            self._regions[name] = Region(self._find(name), Patience(self._patience))
        for name, came in news.came.items():
            if name in self._regions:
                self._regions[name].hear(came)

    def _hear_all_again(self, now: float) -> None:
        for region in self._regions.values():
            region.forget()
        self._after = 0
        self._hear(now)

    def _refresh(self, now: float) -> bool:
        """Read the alarms of the regions in which any changed; whether figures are wanted that were not kept."""
        anew = False
        for name, region in self._regions.items():
            digest = self._digests.get(name, 0)
            if digest != region.digest:
                anew |= region.refresh(digest, now)
                self._complain(f"{name}: {problem}" for problem in region.unreadable)
        return anew

    def _complain(self, problems: Iterable[str]) -> None:
        """Say what is wrong, once."""
        for problem in problems:
            if problem not in self._complaints:
                self._complaints.add(problem)
                self._say(problem)


def _line(region: str, transition: Transition) -> str:
    topics = ", ".join(topic.rpartition(":")[2] for topic in transition.told) or "nobody"
    told = "nobody, held back" if transition.suppressed else topics
    states = f"{transition.before} -> {transition.after}"
    return f"{region}: {transition.alarm}: {states}, told: {told}. {transition.reason}"
