"""What a run said, kept."""

from dataclasses import dataclass, field

from functions.core.domain.directory.reconciling import EntryName, HeldBack, Report
from functions.core.domain.directory.source_kind import SourceKind


@dataclass
class Notes:
    """The log and the figures, kept."""

    refused: list[EntryName] = field(default_factory=list)
    disagreeing: list[EntryName] = field(default_factory=list)
    deleted: list[EntryName] = field(default_factory=list)
    held: list[HeldBack] = field(default_factory=list)
    unread: list[tuple[str, SourceKind]] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def row_refused(self, name: EntryName) -> None:
        self.refused.append(name)

    def row_disagrees(self, name: EntryName) -> None:
        self.disagreeing.append(name)

    def entry_deleted(self, name: EntryName) -> None:
        self.deleted.append(name)

    def deletions_held_back(self, held: HeldBack) -> None:
        self.held.append(held)

    def view_unread(self, tenant: str, kind: SourceKind, cause: Exception) -> None:
        self.unread.append((tenant, kind))

    def age(self, seconds: float) -> None:
        self.ages.append(seconds)

    def report(self, report: Report) -> None:
        self.reports.append(report)
