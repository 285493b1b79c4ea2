"""The port `Doors` in memory."""

from dataclasses import dataclass, field

from functions.core.domain.errors import QueueUnavailableError
from statline.contract.notification import Notification


@dataclass
class FakeDoors:
    """Remembers what was sent, in order. ``closed``: the queues take nothing."""

    sent: list[Notification] = field(default_factory=list)
    closed: bool = False

    def send(self, notification: Notification) -> None:
        if self.closed:
            raise QueueUnavailableError("the ingress queues are closed")
        self.sent.append(notification)
