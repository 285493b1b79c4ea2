"""A channel function's use case with everything around it in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State
from functions.core.domain.routing.lanes import LEASE
from functions.core.services.deliver import DeliverBatch
from functions.core.services.follow_up import FollowUp
from functions.core.services.verdicts import Verdict
from tests.fakes.clock import FakeClock
from tests.fakes.delivery_states import FakeDeliveryStates
from tests.fakes.escalation import FakeEscalation
from tests.fakes.provider_standings import the_only
from tests.fakes.providers import FakeProvider
from tests.fakes.queues import FakeOutbox, FakeReceiptDeadlines

OVER = LEASE.total_seconds()
"""Seconds after which a claim that nobody followed up is dead."""


@dataclass
class FakeAddressBook:
    """Remembers which deliveries' addresses were reported dead."""

    dead: list[Delivery] = field(default_factory=list)

    def report_dead(self, deliveries: Sequence[Delivery]) -> None:
        self.dead += deliveries


class Ward:
    """Hands deliveries to workers, one call a worker, and looks at what came of it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.states = FakeDeliveryStates()
        self.outbox = FakeOutbox()
        self.deadlines = FakeReceiptDeadlines()
        self.escalation = FakeEscalation()
        self.address_book = FakeAddressBook()
        self.meanwhile: Callable[[Delivery], None] = lambda _: None
        self.provider = FakeProvider(on_call=self._called)
        self.providers = the_only(self.provider, self.clock)
        self._workers = 0

    def hand(self, *batch: Delivery) -> list[Verdict]:
        """A new worker gets this batch."""
        self._workers += 1
        return self.use_case()(batch, f"worker-{self._workers}")

    def use_case(self) -> DeliverBatch:
        return DeliverBatch(
            states=self.states,
            providers=self.providers,
            outbox=self.outbox,
            follow_up=FollowUp(self.deadlines, self.escalation),
            address_book=self.address_book,
            clock=self.clock,
        )

    def hand_one(self, delivery: Delivery) -> timedelta | None:
        """A new worker gets this one: how long its message stays hidden, or None where it is deleted."""
        (verdict,) = self.hand(delivery)
        return verdict.again_in

    def _called(self, delivery: Delivery) -> None:
        self.meanwhile(delivery)

    def lose_a_worker(self, delivery: Delivery) -> None:
        """A worker claims the delivery, and nothing is heard of it again: its function is killed in the call."""

        def die(_: Delivery) -> None:
            raise KilledError

        before, self.meanwhile = self.meanwhile, die
        with pytest.raises(KilledError):
            self.hand(delivery)
        self.meanwhile = before

    def states_of(self, delivery: Delivery) -> list[State]:
        """Every state that the delivery went through."""
        return [State(state) for state in self.states.states_of(delivery)]

    def record_of(self, delivery: Delivery) -> DeliveryRecord:
        return self.states.stored[delivery.key]


class KilledError(BaseException):
    """The worker's process is gone."""


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
