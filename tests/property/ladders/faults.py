"""What can go wrong with a worker: it dies at any call of a port, before or after its effect, or a port is away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError, TemporaryError
from functions.core.domain.ports.clock import Clock

QUEUES = frozenset({"outbox", "escalation"})


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs on, no handler, no `finally` of ours."""


@dataclass
class Faults:
    """``left``: after so many steps outside itself the worker dies, or meets somebody (``meets``) who acts just then.

    away: the ports that do not answer, each until a moment. struck: when something last went wrong.
    """

    clock: Clock
    left: int | None = None
    meets: Callable[[], None] | None = None
    away: dict[str, datetime] = field(default_factory=dict)
    struck: list[datetime] = field(default_factory=list)

    def arm(self, steps: int, meets: Callable[[], None] | None = None) -> None:
        self.left, self.meets = steps, meets

    def disarm(self) -> None:
        self.left, self.meets = None, None

    def step(self) -> None:
        if self.left is None:
            return
        if self.left > 0:
            self.left -= 1
            return
        meets = self.meets
        self.disarm()
        if meets is None:
            self.strike()
            raise Killed
        meets()

    def strike(self) -> None:
        self.struck.append(self.clock())

    def answer(self, port: str) -> None:
        """Raise, while a port is away."""
        if self.away.get(port, self.clock()) > self.clock():
            self.strike()
            raise _error(port)


class Port:
    """A port through which a worker acts: it may die before and after each call."""

    def __init__(self, faults: Faults, name: str, port: object) -> None:
        self._faults, self._name, self._port = faults, name, port

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)

        def guarded(*arguments: Any, **named: Any) -> Any:
            self._faults.step()
            self._faults.answer(self._name)
            answer = call(*arguments, **named)
            self._faults.step()
            return answer

        return guarded


def _error(port: str) -> TemporaryError:
    return (QueueUnavailableError if port in QUEUES else StoreUnavailableError)(f"{port} is away")
