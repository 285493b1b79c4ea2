"""What needs to be known of people: the directory, and the database's views that it is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from functions.core.domain.delivering.delivery import Delivery
    from functions.core.domain.directory.dead_address import DeadAddress
    from functions.core.domain.directory.entries import Entry, EntryKey, Shift
    from functions.core.domain.directory.reconciling import Page, Repair, StoredEntry, Written
    from functions.core.domain.directory.source_kind import SourceKind
    from statline.contract.directory import DirectoryChange


class Directory(Protocol):
    """The directory as delivery reads it."""

    def find(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Entry]:
        """The entries that exist among these, in one batch read."""
        ...

    def on_shift(self, tenant: str, team: str, now: datetime) -> list[Shift]:
        """Who is on shift in a team now, in the order of their roles and ids."""
        ...


class DirectoryWriter(Protocol):
    """The directory as its sources write it."""

    def apply(self, change: DirectoryChange) -> bool:
        """Store a change unless the stored one's revision is as high; answer whether it was news.

        A device's token belongs to one device of the tenant, to the one that named it with the highest revision; any
        other device that still holds it is dropped. A rehearsed device claims none.

        Raises `StoreUnavailableError`, `ChangeDoesNotFitError`.
        """
        ...

    def drop_device(self, report: DeadAddress) -> bool:
        """Delete a device if the token that died is still the stored one; answer whether it was.

        Raises `StoreUnavailableError`.
        """
        ...


class SourceViews(Protocol):
    """The views of the database's replica."""

    def data_at(self) -> datetime:
        """Of when the replica's data is.

        Raises `TemporaryError` where the replica cannot say, `PermanentError` where it is none.
        """
        ...

    def pages(self, tenant: str, kind: SourceKind) -> Iterator[Page]:
        """The rows of one view for one tenant, at least one page, which may be empty.

        Raises `ViewUnreadableError` where only this view is in trouble, else as `data_at` does.
        """
        ...


class DirectoryInventory(Protocol):
    """The directory as the reconcile reads it."""

    def entries(self, tenants: Collection[str], now: datetime) -> Iterable[StoredEntry]:
        """What is stored for these tenants of the kinds that the views hold, deleted ones included.

        Without the shifts that have ended. Raises `StoreUnavailableError`.
        """
        ...


class DirectoryRepairs(Protocol):
    """The directory as the reconcile writes it. Both raise `StoreUnavailableError`; what was written by then stays."""

    def repair(self, repairs: Sequence[Repair]) -> list[Written]:
        """Store each change, unless something newer is stored; answer in order what became of it."""
        ...

    def delete(self, entries: Sequence[StoredEntry]) -> int:
        """Delete each entry that is still as it was read, with the next revision; answer how many were."""
        ...


class DirectoryFreshness(Protocol):
    """How fresh the directory is."""

    def data_at(self) -> datetime | None:
        """Of when the data is that it was last completely compared with. Raises `StoreUnavailableError`."""
        ...

    def compared(self, data_at: datetime) -> None:
        """It was completely compared with data of this moment; an earlier one than is known changes nothing."""
        ...


class AddressBook(Protocol):
    """Where dead addresses are reported, so that they leave the directory."""

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """The providers of these deliveries called their addresses dead. Best effort: the next send says so again."""
        ...
