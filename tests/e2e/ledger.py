"""What the bus told of many notifications, kept up with as events come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from local.sandbox.records import CallRecord
from statline.contract.events import DeliveryStateChanged, MessageRefused, NotificationRouted
from statline.contract.words import DeliveryState, Priority
from tests.e2e.bus import ENDS, RECEIPTS, Bus

_ROUNDING = 0.002


@dataclass
class Ledger:
    """The deliveries of some notifications; each event is counted once, however often it comes."""

    bus: Bus
    notifications: Collection[str]
    planned: dict[str, int] = field(default_factory=dict)
    refused: dict[str, MessageRefused] = field(default_factory=dict)
    deliveries: dict[str, dict[int, DeliveryStateChanged]] = field(default_factory=lambda: defaultdict(dict))
    _read: int = 0

    def ended(self) -> bool:
        """Whether each notification was routed or refused, and each delivery, planned or taken instead, is settled."""
        self._catch_up()
        return (
            len(self.planned) + len(self.refused) == len(self.notifications)
            and len(self.deliveries) >= sum(self.planned.values())
            and all(history[max(history)].state in ENDS | RECEIPTS for history in self.deliveries.values())
        )

    def histories(self) -> Iterator[list[DeliveryStateChanged]]:
        """Each delivery's events in the order of their revisions."""
        for history in self.deliveries.values():
            yield [history[revision] for revision in sorted(history)]

    def unknown_at(self, delivery: str) -> list[float]:
        """When a delivery was recorded UNKNOWN, in epoch seconds."""
        history = self.deliveries[delivery].values()
        return [event.at.timestamp() for event in history if event.state is DeliveryState.UNKNOWN]

    def notification_of(self, delivery: str) -> str:
        """The notification that a delivery is of."""
        return next(iter(self.deliveries[delivery].values())).notification

    def accepted(self) -> set[str]:
        """The deliveries that a provider took over."""
        return {h[-1].delivery for h in self.histories() if h[-1].state in {DeliveryState.ACCEPTED, *RECEIPTS}}

    def cancelled(self) -> set[str]:
        """The deliveries that nobody needed any more."""
        return {h[-1].delivery for h in self.histories() if h[-1].state is DeliveryState.CANCELLED}

    def twice_without_a_word(self, calls: Iterable[CallRecord]) -> list[tuple[CallRecord, CallRecord]]:
        """Pairs of calls for one delivery, by the sandbox's own log, with no UNKNOWN recorded between them."""
        by_delivery: dict[str, list[CallRecord]] = defaultdict(list)
        for call in calls:
            if call.message_id in self.deliveries and call.outcome != "refused":
                by_delivery[call.message_id].append(call)
        return [
            (first, second)
            for delivery, its_calls in by_delivery.items()
            for first, second in pairwise(its_calls)
            if not any(
                first.received_at - _ROUNDING <= at <= second.received_at + _ROUNDING
                for at in self.unknown_at(delivery)
            )
        ]

    def silences(self, priority: Priority, kills: Sequence[datetime], longer_than: float) -> list[str]:
        """Claims in this lane after which nothing was recorded for longer, as lines to read.

        Seconds count from the last kill before the next record: whoever took it up again may have been killed, too.
        """
        return [
            f"{silence:.1f} s on {before.channel}: "
            + ", ".join(f"{e.state} {e.reason} {e.at:%H:%M:%S}" for e in history)
            for history in self.histories()
            for before, after in pairwise(history)
            if before.priority is priority and before.state is DeliveryState.SENDING
            if (silence := _seconds(before.at, after.at, kills)) > longer_than
        ]

    def __str__(self) -> str:
        """What is missing, for whoever reads why a wait was over."""
        states = sorted(
            history[-1].state.value for history in self.histories() if history[-1].state not in ENDS | RECEIPTS
        )
        return (
            f"every delivery's end: {len(self.planned)} of {len(self.notifications)} notifications routed, "
            f"{len(self.deliveries)} of {sum(self.planned.values())} deliveries begun, not settled: {states}, "
            f"refused: {[event.reason.value for event in self.refused.values()]}"
        )

    def _catch_up(self) -> None:
        news, self._read = self.bus.events[self._read :], len(self.bus.events)
        for event in news:
            if event.notification not in self.notifications:
                continue
            match event:
                case NotificationRouted():
                    self.planned[event.notification] = sum(event.deliveries.values())
                case DeliveryStateChanged():
                    self.deliveries[event.delivery][event.revision] = event
                case MessageRefused():
                    self.refused[event.notification] = event


def _seconds(before: datetime, after: datetime, kills: Sequence[datetime]) -> float:
    since = max([before, *(kill for kill in kills if kill < after)])
    return (after - since).total_seconds()
