"""What routing needs of the world: notifications as they are kept, the watch over them, the ingress queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from functions.core.domain.routing.plan import Plan
    from functions.core.domain.routing.refusals import Refusal
    from functions.core.domain.routing.watching import Watched
    from statline.contract.notification import Notification
    from statline.contract.words import Priority


class Notifications(Protocol):
    """The notifications' part of the delivery-state table: what was decided."""

    def keep(self, plan: Plan) -> Plan:
        """Store the plan unless its notification has one, and answer the one that is stored: ours, or the earlier.

        One with an activation is due for a look from then on, until its ladders are open (`Ladders.due`). Raises
        `StoreUnavailableError`: it is to be kept again.
        """
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


class Doors(Protocol):
    """The ingress queues, for what Statline itself sends: pages of callers, roll calls."""

    def send(self, notification: Notification) -> None:
        """Put a notification on its lane's ingress queue. Raises `QueueUnavailableError`."""
        ...
