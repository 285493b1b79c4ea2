"""Compares the directory with the views of the database's replica, and repairs what the queue of changes missed.

Changes come by queue; this finds the ones that never came. Every write is conditional and stands for itself, so a run
that dies half-way has done no harm, and the next goes on from what it finds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.core.domain.directory.reconciling import Report, ViewUnreadableError
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.errors import TemporaryError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.directory import DirectoryInventory, DirectoryRepairs, SourceViews
from functions.core.services.reconcile_view import Comparison, Stored, Tally
from functions.core.services.reconcile_view import Log as ComparisonLog


class OutOfTimeError(TemporaryError):
    """The run's time was over before everything was compared. What it has written stays; the next run goes on."""


class Log(ComparisonLog, Protocol):
    """Where the service says what it found."""

    def view_unread(self, tenant: str, kind: SourceKind, cause: Exception) -> None:
        """A view could not be read; ``cause`` says why, without any row's content."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """What one run may do. most_deletions_percent: see `too_many`. until: when it must be over, complete or not."""

    most_deletions_percent: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Reconcile:
    """The use case. One row's trouble, and one view's, is no other's."""

    views: SourceViews
    inventory: DirectoryInventory
    repairs: DirectoryRepairs
    log: Log
    clock: Clock
    tenants: Sequence[str]

    def run(self, order: Order) -> Report:
        """Compare everything once.

        The replica is asked before the directory is read: a primary is refused at no cost. Raises what the ports
        raise, and `OutOfTimeError`.
        """
        now, data_at = self.clock(), self.views.data_at()
        stored = self._stored(now, order)
        comparisons = [
            self._comparison(tenant, kind, stored.get((tenant, kind), {}), now, data_at)
            for tenant in self.tenants
            for kind in SourceKind
        ]
        unread = sum(not self._compared(comparison, order) for comparison in comparisons)
        return _report(data_at, comparisons, unread)

    def _stored(self, now: datetime, order: Order) -> Mapping[tuple[str, SourceKind], Stored]:
        found: dict[tuple[str, SourceKind], Stored] = {}
        for entry in self.inventory.entries(frozenset(self.tenants), now):
            self._check_time(order)
            found.setdefault((entry.name.tenant, entry.name.kind), {})[entry.name] = entry
        return found

    def _comparison(
        self, tenant: str, kind: SourceKind, stored: Stored, now: datetime, data_at: datetime
    ) -> Comparison:
        live = sum(not entry.deleted for entry in stored.values())
        return Comparison(tenant, kind, stored, Tally(data_at, live, live), now, self.repairs, self.log)

    def _compared(self, comparison: Comparison, order: Order) -> bool:
        """Whether the view could be read to its end. Only then is anything taken for missing."""
        try:
            for page in self.views.pages(comparison.tenant, comparison.kind):
                self._check_time(order)
                comparison.take(page)
        except ViewUnreadableError as cause:
            self.log.view_unread(comparison.tenant, comparison.kind, cause)
            return False
        self._check_time(order)
        comparison.finish(order.most_deletions_percent)
        return True

    def _check_time(self, order: Order) -> None:
        if self.clock() >= order.until:
            raise OutOfTimeError("the time of the run was over before everything was compared; the next one goes on")


def _report(data_at: datetime, comparisons: Sequence[Comparison], unread: int) -> Report:
    tallies = [comparison.tally for comparison in comparisons]
    return Report(
        data_at=min([data_at, *(tally.data_at for tally in tallies)]),
        live={kind: sum(c.tally.live for c in comparisons if c.kind is kind) for kind in SourceKind},
        repaired=sum(tally.repaired for tally in tallies),
        deleted=sum(tally.deleted for tally in tallies),
        refused=sum(tally.refused for tally in tallies),
        disagreeing=sum(tally.disagreeing for tally in tallies),
        held_back=tuple(tally.held_back for tally in tallies if tally.held_back),
        unread=unread,
    )
