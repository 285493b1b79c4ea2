"""The port `WatchList` in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.watching import Watched, watch_of
from statline.contract.words import Priority
from tests.fakes.notifications import FakeNotifications


@dataclass
class FakeWatchList:
    """What was kept and is watched, without what was released. ``reluctant``: how many of a release are not taken."""

    notifications: FakeNotifications
    released: list[Watched] = field(default_factory=list)
    reluctant: int = 0

    def since(self, lane: Priority, moment: datetime | None = None) -> Iterator[Watched]:
        on_the_list = sorted((each for each in self._watched() if each.lane is lane), key=lambda each: each.since)
        for each in on_the_list:
            if self.notifications.away:
                raise StoreUnavailableError("the delivery-state table is away")
            if moment is None or each.since >= moment:
                yield each

    def plans(self, watched: Sequence[Watched]) -> list[Plan | None]:
        return [
            None if each in self.released else self.notifications.find(each.tenant, each.notification)
            for each in watched
        ]

    def release(self, watched: Sequence[Watched]) -> int:
        if self.notifications.away:
            return len(watched)
        self.released += watched[self.reluctant :]
        return min(self.reluctant, len(watched))

    def put_back(self, watched: Watched) -> None:
        if self.notifications.away:
            raise StoreUnavailableError("the delivery-state table is away")
        self.released = [each for each in self.released if each != watched]

    def _watched(self) -> Iterator[Watched]:
        for plan in self.notifications.plans.values():
            each = watch_of(plan)
            if each is not None and each not in self.released:
                yield each
