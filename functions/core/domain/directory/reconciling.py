"""What the directory and the database's views say of the same entry, and what follows from it. Pure.

The views are read on a replica, so they show the past: the database as it was at ``data_at``. What came by queue may
be newer. Therefore a revision decides between two contents, and nothing is taken for gone that was stored after the
replica's moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.errors import TemporaryError
from statline.contract.directory import ContactPointChange, ShiftChange, TeamChange, UserChange

MARGIN = timedelta(minutes=5)
"""How much older than the replica's data a stored entry must be before the views are believed that it is gone.

Covers the difference of two clocks, and a source that sends a change to the queue just before it commits it.
"""


SourceChange = UserChange | ContactPointChange | TeamChange | ShiftChange


class EntryName(NamedTuple):
    """Names one entry. owner: the user of a contact point, the team of a shift, else empty."""

    tenant: str
    kind: SourceKind
    owner: str
    id: str


class StoredEntry(NamedTuple):
    """What the directory holds of an entry, as far as a comparison needs it.

    at: epoch seconds of when it was stored; 0 where it was stored before this was kept. absent: it was deleted by a
    reconcile, because the views lacked it, and not by its source. likeness: see `likeness`; None of what is deleted or
    cannot be read.
    """

    name: EntryName
    revision: int
    at: int
    deleted: bool = False
    absent: bool = False
    likeness: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a view. change: None where it breaks the contract; its entry is then neither changed nor deleted."""

    name: EntryName
    change: SourceChange | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one view in the order of its key. data_at: no later than the moment of which the replica's data was."""

    rows: tuple[Row, ...]
    data_at: datetime


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that the directory lacks. instead_of: the revision of the reconcile's own deletion that it undoes."""

    name: EntryName
    change: SourceChange
    instead_of: int | None = None


class Written(Enum):
    """What became of a repair."""

    NEWS = auto()
    OLDER = auto()
    """Something newer was stored meanwhile."""
    UNFIT = auto()
    """Its entry would outgrow an item."""


class ViewUnreadableError(TemporaryError):
    """One view cannot be read for one tenant. The others may be. The message names the view, and quotes no row."""


class Verdict(Enum):
    """What a row means for its entry."""

    SAME = auto()
    """The entry says the same, or may be newer than the replica."""
    NEWS = auto()
    """The directory lacks the row or has an older one."""
    BACK = auto()
    """A reconcile deleted the entry, and a replica of a later moment has it."""
    DISAGREES = auto()
    """The two differ, and the revisions do not say that the row is newer. A matter for the source's owner."""


def verdict(change: SourceChange, stored: StoredEntry | None, data_at: datetime) -> Verdict:
    """What a row's change means for what is stored.

    What a reconcile deleted comes back only by a replica of a later moment, whatever the revision: an older replica
    still has what was gone already.
    """
    if stored is None:
        return Verdict.NEWS
    known = was_there(stored, data_at)
    if stored.absent:
        return Verdict.BACK if known else Verdict.SAME
    if stored.revision < change.revision:
        return Verdict.NEWS
    same = stored.revision == change.revision and stored.likeness == likeness(change)
    return Verdict.SAME if same or not known else Verdict.DISAGREES


def was_there(stored: StoredEntry, data_at: datetime) -> bool:
    """Whether the entry was stored so long before the replica's moment that the replica knows of it."""
    return stored.at < (data_at - MARGIN).timestamp()


def too_many(gone: int, live: int, most_percent: int) -> bool:
    """Whether so many of a tenant's live entries of one kind may not go at once."""
    return gone * 100 > live * most_percent


def likeness(change: SourceChange) -> int:
    """Equal for two changes that say the same, within one process."""
    if isinstance(change, ContactPointChange):
        return hash(change.model_copy(update={"uses": tuple(sorted(change.uses))}))
    return hash(change)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Entries that a view lacks and that were left, because they are too many."""

    tenant: str
    kind: SourceKind
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did. data_at: the replica's moment, the earliest where there were several.

    live: entries after the run, by kind. refused: rows that break the contract. disagreeing: see `Verdict.DISAGREES`.
    unread: views that could not be read for a tenant; with one of them the run is not complete.
    """

    data_at: datetime
    live: Mapping[SourceKind, int]
    repaired: int
    deleted: int
    refused: int
    disagreeing: int
    held_back: tuple[HeldBack, ...]
    unread: int

    @property
    def complete(self) -> bool:
        """Whether everything was compared."""
        return self.unread == 0
