"""The net under the timers: once a minute, have every ladder looked at whose moment is past."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Protocol

from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.ladder import Look
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.escalation import Escalation, Ladders

OVERDUE_AFTER = timedelta(seconds=5)
"""A timer has whole seconds, and its look takes a moment."""
MOST_AT_ONCE = 5_000
"""How many ladders one sweep takes up; the next one comes in a minute."""


class SweepFigures(Protocol):
    """Where the figure goes."""

    def overdue(self, ladders: int) -> None:
        """How many ladders were found overdue; 0 is said, too."""
        ...


@dataclass(frozen=True, slots=True)
class SweepLadders:
    """The use case, with its ports."""

    ladders: Ladders
    escalation: Escalation
    figures: SweepFigures
    clock: Clock

    def __call__(self) -> int:
        """Send a look for each activation with an overdue ladder; answer how many ladders are overdue.

        Raises `StoreUnavailableError`, `QueueUnavailableError`. What was found by then is told and asked for;
        where that is nothing, no figure is told: 0 would say that all is well.
        """
        overdue, trouble = self._overdue()
        if overdue or trouble is None:
            self.figures.overdue(len(overdue))
        if overdue:
            self.escalation.look([Look(tenant, activation) for tenant, activation in dict.fromkeys(overdue)])
        if trouble is not None:
            raise trouble
        return len(overdue)

    def _overdue(self) -> tuple[list[tuple[str, str]], StoreUnavailableError | None]:
        """What the index told, and what kept it from telling more: a part of it that is away hides no other."""
        found: list[tuple[str, str]] = []
        try:
            for each in islice(self.ladders.due(self.clock() - OVERDUE_AFTER), MOST_AT_ONCE):
                found.append(each)
        except StoreUnavailableError as trouble:
            return found, trouble
        return found, None
