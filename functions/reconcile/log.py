"""What the reconcile logs: which entries, why, and how many; never what they hold."""

import re
from collections import Counter

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.directory.reconciling import EntryName, HeldBack, Report
from functions.core.domain.directory.source_kind import SourceKind
from statline.contract.model import IDENTIFIER_PATTERN

NAMED = 50
"""How many entries of one kind a run names for one reason. The report counts all of them."""

UNUSABLE = "(an id that the contract refuses)"
"""Said instead of what a view calls an id and what may be anything, a person's name for example."""


class ReconcileLog:
    """Writes the log lines of one run."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._named: Counter[tuple[str, SourceKind]] = Counter()

    def row_refused(self, name: EntryName) -> None:
        """A row breaks the contract."""
        if self._may_name("refused", name):
            self._log.warn("row of a view refused", tenant=name.tenant, kind=name.kind, entry=_words(name))

    def row_disagrees(self, name: EntryName) -> None:
        """A row differs from its entry without being newer."""
        if self._may_name("disagrees", name):
            self._log.warn("row differs and is not newer", tenant=name.tenant, kind=name.kind, entry=_words(name))

    def entry_deleted(self, name: EntryName) -> None:
        """An entry goes because its view lacks it."""
        if self._may_name("deleted", name):
            self._log.write("entry deleted", tenant=name.tenant, kind=name.kind, entry=_words(name))

    def deletions_held_back(self, held: HeldBack) -> None:
        """Too many would go."""
        self._log.warn("deletions held back", tenant=held.tenant, kind=held.kind, count=held.count)

    def view_unread(self, tenant: str, kind: SourceKind, cause: Exception) -> None:
        """A view could not be read. What the database's errors say of it quotes names at the most, never a row."""
        error = type(cause.__cause__ or cause).__name__
        self._log.warn("view not read", tenant=tenant, kind=kind, error=error, reason=str(cause))

    def done(self, report: Report, milliseconds: int) -> None:
        """The run is over."""
        self._log.write(
            "directory compared",
            count=report.repaired + report.deleted,
            failed=report.refused,
            milliseconds=milliseconds,
        )

    def _may_name(self, reason: str, name: EntryName) -> bool:
        self._named[reason, name.kind] += 1
        return self._named[reason, name.kind] <= NAMED


def _words(name: EntryName) -> str:
    parts = [part for part in (name.owner, name.id) if part]
    if not parts or not all(re.fullmatch(IDENTIFIER_PATTERN, part) for part in parts):
        return UNUSABLE
    return "/".join(parts)
