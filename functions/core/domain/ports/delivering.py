"""What delivering needs of the world: the records of deliveries, queues, providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
    from functions.core.domain.delivering.failover import Standing
    from functions.core.domain.delivering.outcomes import Outcome
    from functions.core.domain.delivering.record import DeliveryRecord
    from statline.contract.words import Channel


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
