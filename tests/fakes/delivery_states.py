"""The port `DeliveryStates` in memory. Passes the contract suite of the real table."""

from collections.abc import Callable, Sequence

from functions.core.domain.delivering.delivery import Delivery, DeliveryKey
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.escalation.step_name import activation_of


class FakeDeliveryStates:
    """Remembers every record in the order in which it was written.

    ``before_write`` is called with each record about to be written: the place where a test lets another worker in.
    The table answers no write of the keys in ``unanswered``, no read while it is ``unreadable``, and nothing at all
    while it is ``away``.
    """

    def __init__(self) -> None:
        self.stored: dict[DeliveryKey, DeliveryRecord] = {}
        self.history: list[DeliveryRecord] = []
        self.acknowledgements: set[tuple[str, str, str]] = set()
        self.stood_down: set[tuple[str, str]] = set()
        self.unanswered: set[DeliveryKey] = set()
        self.unreadable = False
        self.away = False
        self.before_write: Callable[[DeliveryRecord], None] = lambda _: None

    def write(self, records: Sequence[DeliveryRecord]) -> list[DeliveryRecord | None]:
        return [None if record.key in self.unanswered else self._write_one(record) for record in records]

    def _write_one(self, record: DeliveryRecord) -> DeliveryRecord | None:
        if self.away:
            return None
        self.before_write(record)
        stored = self.stored.get(record.key)
        if (stored.revision if stored else 0) != record.revision - 1:
            assert stored is not None, "a second record cannot be the first one"
            return stored
        self.stored[record.key] = record
        self.history.append(record)
        return record

    def read(self, keys: Sequence[DeliveryKey]) -> list[DeliveryRecord | None]:
        self._answer()
        return [self.stored.get(key) for key in keys]

    def acknowledged(self, deliveries: Sequence[Delivery]) -> list[bool]:
        self._answer()
        return [self.is_silent(delivery) for delivery in deliveries]

    def is_silent(self, delivery: Delivery) -> bool:
        if not delivery.roles:
            return False
        tenant, activation = delivery.key.tenant, activation_of(delivery.key.notification)
        covered = [(tenant, activation, role) in self.acknowledgements for role in delivery.roles]
        return all(covered) or (tenant, activation) in self.stood_down

    def _answer(self) -> None:
        if self.away or self.unreadable:
            raise StoreUnavailableError("the delivery-state table is away")

    def acknowledge(self, delivery: Delivery) -> None:
        """As the acknowledger would: the delivery's roles are answered for."""
        assert delivery.roles
        tenant, activation = delivery.key.tenant, activation_of(delivery.key.notification)
        self.acknowledgements |= {(tenant, activation, role) for role in delivery.roles}

    def states_of(self, delivery: Delivery) -> list[str]:
        """Every state that the delivery went through."""
        return [record.state.value for record in self.history if record.key == delivery.key]
