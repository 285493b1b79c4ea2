"""What the detector needs of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from functions.backup_watch.finding import Finding, Level
from functions.backup_watch.letters import Letter
from functions.backup_watch.snapshots import Snapshot
from functions.core.domain.errors import TemporaryError


class CannotSeeError(TemporaryError):
    """A source gave no answer: whether a backup runs on the primary is not known. Says which source, and why."""


class By(StrEnum):
    """What sessions can be told apart by."""

    APPLICATION = "application"
    USER = "user"
    HOST = "host"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Share:
    """Some sessions' part of the load: how many of them were at work on average, in average active sessions.

    values: what they have in common. Of statements it is the text; key is what stands for it in a question.
    """

    values: Mapping[By, str]
    load: float
    key: str = ""


Only = tuple[By, str] | None
"""Those sessions alone that have a value (of a statement: its key); None is all of them."""


class Load(Protocol):
    """What loaded the primary lately. Each method raises `CannotSeeError`."""

    def by(self, group: By, *, only: Only = None) -> Sequence[Share]:
        """The load of the last `SPAN`, the heaviest groups first."""
        ...

    def by_both(self, group: By, part: By, *, only: Only = None) -> Sequence[Share]:
        """Likewise, each group split by another thing; parts without load are left out."""
        ...

    def began(self, only: tuple[By, str]) -> datetime:
        """Since when these sessions have been at work without a pause, to the minute."""
        ...


class Snapshots(Protocol):
    """RDS's list."""

    def of_primary(self) -> Sequence[Snapshot]:
        """Every snapshot of the primary that RDS lists, of every kind. Raises `CannotSeeError`."""
        ...


class Findings(Protocol):
    """What was found before. Each method raises `StoreUnavailableError`."""

    def recent(self, since: datetime) -> Sequence[Finding]:
        """The ongoing findings and those that were seen after a moment, the oldest first."""
        ...

    def keep(self, finding: Finding) -> None:
        """Store a finding, over the stored one of its id."""
        ...


class OnCall(Protocol):
    """Whom the detector tells."""

    def tell(self, level: Level, letter: Letter) -> None:
        """Send a letter. Raises `OnCallUnreachableError`."""
        ...


class OnCallUnreachableError(TemporaryError):
    """A letter was not taken. The finding is told again by the next look."""


SPAN = timedelta(minutes=2)
"""How far back the load is looked at: what goes on is in it even where the figures come a minute late."""
