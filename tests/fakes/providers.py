"""A provider for tests: answers what it was told to, and remembers every call."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from threading import Lock

from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.delivering.outcomes import Accepted, Outcome


class FakeProvider:
    """Accepts every delivery unless told otherwise. Threads may share it.

    ``on_call`` is run inside each call, before its answer: a test can move a clock there, or write a receipt.
    """

    def __init__(self, name: str = "fcm", on_call: Callable[[Delivery], None] | None = None) -> None:
        self.name = name
        self._on_call = on_call
        self._lock = Lock()
        self._calls: list[Delivery] = []
        self._next: deque[Outcome] = deque()
        self._at: dict[str, deque[Outcome]] = defaultdict(deque)
        self._always: dict[str | None, Outcome] = {}

    @property
    def calls(self) -> list[Delivery]:
        """Every delivery that a call was made for, in order, as often as one was made."""
        with self._lock:
            return list(self._calls)

    def calls_for(self, delivery: Delivery) -> int:
        """How often a call was made for this delivery."""
        return sum(call.key == delivery.key for call in self.calls)

    def answer(self, *outcomes: Outcome, address: str | None = None) -> None:
        """Answer these to the next calls, or to the next calls to an address, one each."""
        with self._lock:
            (self._next if address is None else self._at[address]).extend(outcomes)

    def always_answer(self, outcome: Outcome, address: str | None = None) -> None:
        """Answer this to every call, or to every call to an address, that `answer` says nothing about."""
        with self._lock:
            self._always[address] = outcome

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        return [self._send_one(delivery) for delivery in deliveries]

    def _send_one(self, delivery: Delivery) -> Outcome:
        with self._lock:
            self._calls.append(delivery)
            outcome = self._outcome(delivery)
        if self._on_call is not None:
            self._on_call(delivery)
        return outcome

    def _outcome(self, delivery: Delivery) -> Outcome:
        for scripted in (self._at[delivery.address], self._next):
            if scripted:
                return scripted.popleft()
        for address in (delivery.address, None):
            if address in self._always:
                return self._always[address]
        return Accepted(provider_id=f"{self.name}-{len(self._calls)}")
