"""The ports `Escalation` and `Ladders` in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.escalation.ladder import Ladder, Look
from tests.fakes.notifications import FakeNotifications


@dataclass
class FakeEscalation:
    """Remembers the looks that were asked for, in order. ``away``: the queue takes nothing."""

    looks: list[Look] = field(default_factory=list)
    away: bool = False

    def look(self, looks: Sequence[Look]) -> None:
        if self.away and looks:
            raise QueueUnavailableError("the escalation queue is away")
        self.looks += looks


@dataclass
class FakeLadders:
    """Remembers every ladder in the order in which it was written. ``away``: the table does not answer.

    ``before_write`` is called with each ladder about to be written: the place where a test lets another worker in.
    ``notifications``: what is kept in the same table, and is due until its ladders are open.
    """

    stored: dict[tuple[str, str, str], Ladder] = field(default_factory=dict)
    history: list[Ladder] = field(default_factory=list)
    away: bool = False
    before_write: Callable[[Ladder], None] = lambda _: None
    notifications: FakeNotifications = field(default_factory=FakeNotifications)

    def of(self, tenant: str, activation: str) -> list[Ladder]:
        self._answer()
        return [each for (*name, _), each in sorted(self.stored.items()) if name == [tenant, activation]]

    def write(self, ladder: Ladder) -> Ladder:
        self._answer()
        self.before_write(ladder)
        name = (ladder.tenant, ladder.activation, ladder.role)
        stored = self.stored.get(name)
        if (stored.revision if stored else 0) != ladder.revision - 1:
            assert stored is not None, "a second write cannot be the first one"
            return stored
        self.stored[name] = ladder
        self.history.append(ladder)
        return ladder

    def due(self, before: datetime) -> Iterator[tuple[str, str]]:
        self._answer()
        for (tenant, activation, _), each in sorted(self.stored.items(), key=lambda pair: pair[1].wake_at):
            if each.climbing and each.wake_at < before:
                yield tenant, activation
        for name, moment in self.notifications.first_looks.items():
            if moment is not None and moment < before:
                yield name

    def all_opened(self, tenant: str, activation: str) -> None:
        self._answer()
        if (tenant, activation) in self.notifications.first_looks:
            self.notifications.first_looks[tenant, activation] = None

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the delivery-state table is away")
