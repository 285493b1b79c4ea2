"""What became of the messages that a producer sent."""

from dataclasses import dataclass

from functions.core.domain.delivering.delivery import trace_of
from statline.client.errors import NotSentError


@dataclass(frozen=True, slots=True)
class Sent:
    """One notification that its ingress queue took. ``message_id`` is SQS's; `Message Refused` events name it."""

    tenant: str
    id: str
    message_id: str

    @property
    def trace(self) -> str:
        """The name that this notification has in every line of Statline's logs. On-call asks for it."""
        return trace_of(self.tenant, self.id)


@dataclass(frozen=True, slots=True)
class NotSent:
    """One notification that was not taken, and why. ``retryable``: sending it again, under its id, may work."""

    tenant: str
    id: str
    reason: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class SendReport:
    """Every notification of one `send`, once, in either list. Being taken is not being delivered: events tell that."""

    sent: tuple[Sent, ...] = ()
    failed: tuple[NotSent, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every notification was taken."""
        return not self.failed

    def raise_for_failures(self) -> None:
        """Raise `NotSentError`, naming each notification that was not taken."""
        if self.failed:
            raise NotSentError([f"{failure.tenant}/{failure.id}: {failure.reason}" for failure in self.failed])
