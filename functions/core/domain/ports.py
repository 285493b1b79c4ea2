"""What the use cases need of the world. Adapters and fakes pass the same contract suites (tests/contract).

The values that ports speak of are imported for the type checker only: every function reads this file, and one that
sends texts is not to load the models of the whole directory for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from functions.core.domain.acknowledgement import Acknowledgement, Answers, OpenActivation, StoodDown, Word
    from functions.core.domain.dead_address import DeadAddress
    from functions.core.domain.delivery import Delivery, DeliveryKey
    from functions.core.domain.directory import Entry, EntryKey, Shift
    from functions.core.domain.failover import Standing
    from functions.core.domain.ladder import Ladder, Look
    from functions.core.domain.outcomes import Outcome
    from functions.core.domain.plan import Plan
    from functions.core.domain.reconciling import Page, Repair, StoredEntry, Written
    from functions.core.domain.record import DeliveryRecord
    from functions.core.domain.refusals import Refusal
    from functions.core.domain.source_kind import SourceKind
    from functions.core.domain.watching import Watched
    from statline.contract.directory import DirectoryChange
    from statline.contract.notification import Notification
    from statline.contract.words import Channel, Priority


class Clock(Protocol):
    """Says what time it is."""

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...


class DeliveryStates(Protocol):
    """The delivery-state table, one record a delivery."""

    def write(self, records: Sequence[DeliveryRecord]) -> list[DeliveryRecord | None]:
        """Store each record if the stored one's revision is the one before it (revision 1: if there is none).

        Answers, in order, what is stored now: the record itself where it was written, the other worker's record where
        that one was there first, None where the table did not answer: that record may have been written or not.
        """
        ...

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        """The stored records, read with strong consistency, in order."""
        ...

    def acknowledged(self, deliveries: Sequence[Delivery]) -> list[bool]:
        """Whether each delivery is to be silent, read with strong consistency, in order.

        It is when all its roles were acknowledged, or its activation was stood down; one without roles never is.
        """
        ...


class Notifications(Protocol):
    """The notifications' part of the delivery-state table: what was decided."""

    def keep(self, plan: Plan) -> Plan:
        """Store the plan unless its notification has one, and answer the one that is stored: ours, or the earlier."""
        ...

    def find(self, tenant: str, notification: str) -> Plan | None:
        """The stored plan of a notification, read with strong consistency. Raises `StoreUnavailableError`."""
        ...

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Record refused messages; each becomes an event to its producer. The same message twice is recorded once."""
        ...


class WatchList(Protocol):
    """The notifications that are watched until they are over. The router's `Notifications.keep` puts them on it."""

    def since(self, lane: Priority, moment: datetime | None = None) -> Iterator[Watched]:
        """A lane's watched notifications, the earliest first, from those of ``moment`` on. Read as it is gone through.

        What was put on the list or taken off it within the last second or so may not be seen. Raises
        `StoreUnavailableError`.
        """
        ...

    def plans(self, watched: Sequence[Watched]) -> list[Plan | None]:
        """Their plans, read with strong consistency, in order; None for what is on the list no longer.

        Raises `StoreUnavailableError`.
        """
        ...

    def release(self, watched: Sequence[Watched]) -> int:
        """Take these off the list, which nothing puts back; answer for how many the table gave no answer."""
        ...

    def put_back(self, watched: Watched) -> None:
        """Watch a notification again: one of its deliveries goes another way. Again changes nothing.

        Raises `StoreUnavailableError`.
        """
        ...


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


class Doors(Protocol):
    """The ingress queues, for what Statline itself sends: pages of callers, roll calls."""

    def send(self, notification: Notification) -> None:
        """Put a notification on its lane's ingress queue. Raises `QueueUnavailableError`."""
        ...


class Outbox(Protocol):
    """The channels' queues."""

    def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Put each delivery on the queue of its channel and lane; answer the ones that no queue took."""
        ...


class ReceiptDeadlines(Protocol):
    """The queue on which accepted stats wait for their receipts."""

    def set(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Have each delivery looked up again when its channel's time for receipts is over.

        Answers the ones that the queue did not take.
        """
        ...


class Inbox(Protocol):
    """The queue that a function's messages came from."""

    def postpone(self, receipts: Mapping[str, float]) -> None:
        """Hide each message (by its receipt handle) for this many seconds from now, rounded up to whole ones.

        Best effort: a message that cannot be postponed comes back when its visibility time-out ends.
        """
        ...


class Quarantine(Protocol):
    """The queue that keeps what could not be used, for people."""

    def keep(self, body: str, reason: str) -> None:
        """Keep one message's body as it came. Raises `QueueUnavailableError`."""
        ...


class Provider(Protocol):
    """A way out of the house: FCM, End User Messaging, Twilio, Connect."""

    @property
    def name(self) -> str:
        """The provider's name in records and metrics: ``fcm``, ``sms``, ``twilio``, ``connect``."""
        ...

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Call the provider once for each delivery and answer the outcomes in order. Never raises for an answer."""
        ...


class ProviderStandings(Protocol):
    """Which providers are demoted, for all workers of the region."""

    def of(self, channel: Channel, providers: Sequence[str]) -> dict[str, Standing]:
        """What is stored of these providers, by name, read with strong consistency.

        One that was never demoted, or not for long, is not in it. Raises `StoreUnavailableError`.
        """
        ...

    def write(self, channel: Channel, standing: Standing) -> Standing:
        """Store it if the stored one's revision is the one before (revision 1: if there is none).

        Answers what is stored now: it, or the other worker's. Raises `StoreUnavailableError`.
        """
        ...


class AddressBook(Protocol):
    """Where dead addresses are reported, so that they leave the directory."""

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        """The providers of these deliveries called their addresses dead. Best effort: the next send says so again."""
        ...


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
