"""What escalation needs of the world: ladders, timers, answers, calls that ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from functions.core.domain.answers.acknowledgement import Acknowledgement, Answers, OpenActivation, StoodDown, Word
    from functions.core.domain.escalation.ladder import Ladder, Look


class Ladders(Protocol):
    """The ladders of activations, one record a role."""

    def of(self, tenant: str, activation: str) -> list[Ladder]:
        """The ladders that were opened, read with strong consistency. Raises `StoreUnavailableError`."""
        ...

    def write(self, ladder: Ladder) -> Ladder:
        """Store it if the stored one's revision is the one before (revision 1: if there is none).

        Answers what is stored now: it, or the other worker's. Raises `StoreUnavailableError`.
        """
        ...

    def due(self, before: datetime) -> Iterator[tuple[str, str]]:
        """Tenant and activation of the climbing ladders whose ``wake_at`` is before this; a moment behind.

        Also of what was kept with an activation (`Notifications.keep`) `FIRST_LOOK_WITHIN` before this, and whose
        ladders nobody has said to be open. Raises `StoreUnavailableError`.
        """
        ...

    def all_opened(self, tenant: str, activation: str) -> None:
        """Say that every ladder of an activation is stored, so that they are due by themselves; again changes nothing.

        Raises `StoreUnavailableError`.
        """
        ...


class Escalation(Protocol):
    """The escalation queue."""

    def look(self, looks: Sequence[Look]) -> None:
        """Have these activations looked at: now, or when a look's ``wake_at`` comes, or what of it SQS allows (15 min).

        Raises `QueueUnavailableError` where not all were taken.
        """
        ...


class Acknowledgements(Protocol):
    """What people say to activations, in the delivery-state table."""

    def of(self, tenant: str, activation: str) -> Answers:
        """All that was said, read with strong consistency. Raises `StoreUnavailableError`."""
        ...

    def acknowledge(self, acknowledgement: Acknowledgement) -> Acknowledgement:
        """Store it unless its role has one, and answer the stored one. Raises `StoreUnavailableError`."""
        ...

    def note(self, word: Word) -> None:
        """Store a person's word unless a later one is stored. Raises `StoreUnavailableError`."""
        ...

    def stand_down(self, word: StoodDown) -> StoodDown:
        """Store it unless there is one, and answer the stored one. Raises `StoreUnavailableError`."""
        ...


class ReplyBook(Protocol):
    """Which activations a phone was paged for, so that a text that comes back finds them."""

    def enter(self, entries: Sequence[tuple[str, OpenActivation]]) -> None:
        """Store what each phone number (E.164) was paged for, and for whom; again changes nothing.

        Raises `StoreUnavailableError`.
        """
        ...

    def open_for(self, number: str, now: datetime) -> list[OpenActivation]:
        """What has not expired of a phone's activations, the newest first: an entry for each person whose phone it is.

        Raises `StoreUnavailableError`.
        """
        ...


class RingingCalls(Protocol):
    """Calls that were placed and may still ring."""

    def stop(self, provider_ids: Sequence[str]) -> None:
        """End these calls. Best effort: one that has ended by itself is no error."""
        ...
