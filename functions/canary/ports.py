"""What the canary needs of the world, besides the records of deliveries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from functions.canary.seeing import Seen
from functions.core.domain.errors import StatlineError, TemporaryError
from statline.contract.directory import DirectoryChange
from statline.contract.notification import Notification
from statline.contract.words import Priority


class SwitchOutOfReachError(TemporaryError):
    """The dead-man's switch was not called, or its answer was no success."""


class Ticks(Protocol):
    """The canary's own queue."""

    def send(self, minute: datetime) -> None:
        """Send oneself the ticks of this minute. Raises `QueueUnavailableError`."""
        ...


class Ingress(Protocol):
    """The ingress queues, as any producer sees them."""

    def send(self, lane: Priority, notifications: Sequence[Notification]) -> None:
        """Put these on the lane's queue. Raises `QueueUnavailableError` where it did not take all."""
        ...


class DirectoryChanges(Protocol):
    """The ``directory-changes`` queue."""

    def tell(self, changes: Iterable[DirectoryChange]) -> None:
        """Put the changes on the queue. Raises `QueueUnavailableError`."""
        ...


class DeadMansSwitch(Protocol):
    """Somebody outside, who tells on-call when nothing is heard from this region any more."""

    def call(self) -> None:
        """Say that the region lives. Raises `SwitchOutOfReachError`."""
        ...


class Report(Protocol):
    """Where it is said what became of canaries."""

    def saw(self, seen: Sequence[Seen]) -> None:
        """What became of the canaries of one moment."""
        ...

    def failed(self, what: StatlineError) -> None:
        """Something beside the canaries themselves failed, which is no reason to stop."""
        ...
