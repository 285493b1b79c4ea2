"""The queues beside the lanes that functions work off: what waits in them, and who takes it."""

from collections import deque
from collections.abc import Mapping

from statline.drills.deployment import Queue
from statline.drills.traffic import STEP

FUNCTION_OF: Mapping[str, str] = {
    "escalation": "escalation",
    "receipts": "receipts",
    "receipt-deadlines": "late-receipts",
    "roll-calls": "roll-call",
}
"""Who works off which queue, both by their names behind ``statline-``."""
_CALL_SECONDS = 0.15


class SideQueue:
    """One of them. Messages are counted, by when they became visible; they are taken in that order."""

    def __init__(self, name: str, queue: Queue) -> None:
        self.name = queue.name
        self.deleted = self.sent = 0
        self._at_once = queue.at_once
        self._waiting: deque[tuple[float, int]] = deque()
        function = FUNCTION_OF[name]
        self._stopped = f"queue.{name}.stopped"
        self._errors, self._throttled = f"function.{function}.errors", f"function.{function}.throttled"
        self._slowness = f"function.{function}.slowness"

    def put(self, at: float, count: int) -> None:
        """Messages become visible. Not earlier than those before."""
        if count:
            self._waiting.append((at, count))
            self.sent += count

    def work(self, levers: Mapping[str, float]) -> None:
        """Ten seconds of the function's work."""
        free = 1.0 - max(levers[self._errors], levers[self._throttled], levers[self._stopped])
        room = int(self._at_once * STEP / (_CALL_SECONDS * levers[self._slowness]) * free)
        while self._waiting and room > 0:
            at, count = self._waiting.popleft()
            done = min(count, room)
            room -= done
            self.deleted += done
            if done < count:
                self._waiting.appendleft((at, count - done))

    def passed(self, at: float) -> bool:
        """Whether all that was visible by a moment has been worked off."""
        return not self._waiting or self._waiting[0][0] > at

    @property
    def visible(self) -> int:
        """How many wait."""
        return sum(count for _, count in self._waiting)

    def age(self, now: float) -> float:
        """Seconds that the oldest has waited."""
        return max(0.0, now - self._waiting[0][0]) if self._waiting else 0.0


SideQueues = Mapping[str, SideQueue]


def side_queues(queues: Mapping[str, Queue]) -> SideQueues:
    """Those that the templates have, by their names behind ``statline-``."""
    return {name: SideQueue(name, queues[f"statline-{name}"]) for name in FUNCTION_OF if f"statline-{name}" in queues}
