"""A reconcile that says how old the directory is, whatever becomes of the run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.core.domain.directory.reconciling import Report
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.directory import DirectoryFreshness
from functions.core.services.reconcile import Order, Reconcile


class Figures(Protocol):
    """Where the figures go."""

    def age(self, seconds: float) -> None:
        """The age of the data that the directory was last completely compared with."""
        ...

    def report(self, report: Report) -> None:
        """What a run did."""
        ...


@dataclass(frozen=True, slots=True)
class MeasuredReconcile:
    """The use case.

    The age is said before the run, so that it goes on growing where runs fail, time out or are killed. Where no run
    begins at all nothing is said, and where none was ever complete there is no age: both must alarm as missing.
    """

    reconcile: Reconcile
    freshness: DirectoryFreshness
    figures: Figures
    clock: Clock

    def run(self, order: Order) -> Report:
        """See `Reconcile.run`."""
        known = self.freshness.data_at()
        if known is not None:
            self._tell_age(known)
        report = self.reconcile.run(order)
        self.figures.report(report)
        if report.complete:
            self.freshness.compared(report.data_at)
            self._tell_age(report.data_at)
        return report

    def _tell_age(self, data_at: datetime) -> None:
        """The clock of the primary and ours may differ by little, and no age is negative."""
        self.figures.age(max((self.clock() - data_at).total_seconds(), 0.0))
