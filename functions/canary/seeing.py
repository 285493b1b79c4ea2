"""What became of a canary."""

from dataclasses import dataclass

from functions.canary.canaries import LIFE, Canary
from functions.core.domain.delivering.record import DeliveryRecord
from functions.core.domain.delivering.states import State

_ARRIVED = frozenset({State.ACCEPTED, State.DELIVERED, State.READ})
"""A provider has taken it over, or better."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A canary and its delivery's record; None where it got no further than a queue, or cannot be seen."""

    canary: Canary
    record: DeliveryRecord | None

    @property
    def arrived(self) -> bool:
        """Whether a provider has taken it over."""
        return self.record is not None and self.record.state in _ARRIVED

    @property
    def seconds(self) -> float:
        """From its sending until its record changed last. When it was sent follows from when it expires."""
        if self.record is None:
            raise ValueError("a canary without a record has not arrived")
        return max((self.record.changed_at - (self.record.expires_at - LIFE)).total_seconds(), 0.0)
