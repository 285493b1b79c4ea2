"""Look up accepted stats whose receipt must be there by now, and send those another way of which no word has come.

The order is the safety: that the receipt is late is stored first, then the notification is watched again, then its
next way is put on that way's queue, and only then is the message deleted. Whoever is handed the message after a crash
does all of it once more, which changes nothing: the next way's own record makes a second copy of it harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.core.domain.delivering.delivery import Delivery, next_way
from functions.core.domain.delivering.receipt_deadlines import has_another_channel, is_overdue, overdue
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates, Outbox
from functions.core.domain.ports.routing import Notifications, WatchList
from functions.core.domain.routing.watching import watch_of_delivery
from statline.contract.words import Channel


@dataclass(frozen=True, slots=True)
class Struck:
    """What became of one deadline.

    record: of a delivery that now goes another way, as it is stored; None where there was nothing to do.
    done: the message may be deleted; else it comes again. news: it was this worker that found the receipt late.
    """

    delivery: Delivery
    record: DeliveryRecord | None = None
    done: bool = True
    news: bool = False


@dataclass(frozen=True, slots=True)
class SendAnotherWay:
    """The use case, with its ports."""

    states: DeliveryStates
    notifications: Notifications
    watch_list: WatchList
    outbox: Outbox
    clock: Clock

    def __call__(self, deliveries: Sequence[Delivery]) -> list[Struck]:
        """Look each delivery up whose deadline has struck. Raises `StoreUnavailableError`: all come again.

        Whose roles are all acknowledged, or who was told of otherwise, is left alone.
        """
        records = self.states.read([delivery.key for delivery in deliveries])
        silent = self.states.acknowledged(deliveries)
        return [
            Struck(delivery) if hushed or record is None else self._look_up(delivery, record)
            for delivery, record, hushed in zip(deliveries, records, silent, strict=True)
        ]

    def _look_up(self, delivery: Delivery, record: DeliveryRecord) -> Struck:
        way = next_way(delivery)
        if way is None or not is_overdue(delivery, record, self.clock()) or self._is_beside_another(delivery):
            return Struck(delivery)
        late = overdue(record, self.clock())
        news = late != record
        if news and self.states.write([late]) != [late]:
            return Struck(delivery, done=False)  # a receipt was faster, or the table is away: the next look tells
        watched = watch_of_delivery(delivery)
        if watched is not None:
            self.watch_list.put_back(watched)
        return Struck(delivery, late, done=not self.outbox.send([way]), news=news)

    def _is_beside_another(self, delivery: Delivery) -> bool:
        """Whether a push has another channel beside it. FCM sends no receipts: only an app's own word would come."""
        if delivery.key.channel is not Channel.PUSH:
            return False
        plan = self.notifications.find(delivery.key.tenant, delivery.key.notification)
        return plan is not None and has_another_channel(delivery, plan)
