"""The port `SourceViews` in memory: a replica that shows rows of a moment, and fails where it is told to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.directory.reconciling import EntryName, Page, Row, SourceChange
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.ports.clock import Clock
from tests.fakes.clock import FakeClock
from tests.fakes.stored_directory import name_of


@dataclass
class FakeSourceViews:
    """``moment``: of the data; the present if it is None. ``trouble``: raised before a view's page of this number."""

    clock: Clock = field(default_factory=FakeClock)
    rows: dict[EntryName, Row] = field(default_factory=dict)
    moment: datetime | None = None
    trouble: dict[tuple[str, SourceKind, int], Exception] = field(default_factory=dict)
    away: Exception | None = None
    page: int = 2

    def show(self, *changes: SourceChange) -> None:
        """Let the views have rows of these contents."""
        self.rows.update({name_of(change): Row(name_of(change), change) for change in changes})

    def spoil(self, name: EntryName) -> None:
        """Let a row break the contract."""
        self.rows[name] = Row(name, None)

    def data_at(self) -> datetime:
        if self.away is not None:
            raise self.away
        return self.moment or self.clock()

    def pages(self, tenant: str, kind: SourceKind) -> Iterator[Page]:
        rows = [self.rows[name] for name in sorted(self.rows) if (name.tenant, name.kind) == (tenant, kind)]
        for number, start in enumerate(range(0, max(len(rows), 1), self.page)):
            if (tenant, kind, number) in self.trouble:
                raise self.trouble[tenant, kind, number]
            yield Page(tuple(rows[start : start + self.page]), self.data_at())
