"""The calls that Connect made: which client tokens it has seen, which contacts still ring."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from local.sandbox.records import CallRecord

_TOKEN_SECONDS = 7 * 24 * 3_600


@dataclass(frozen=True)
class Contact:
    """One call. `started_at` is in epoch seconds; `number` is the phone's; `flow` is an id, or a line's flow's name."""

    contact_id: str
    region: str
    number: str
    message_id: str | None
    client_token: str | None
    started_at: float
    instance: str = ""
    flow: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class Contacts:
    """What Connect remembers of its calls. A client token stands for its contact for 7 days, ended or not."""

    def __init__(self) -> None:
        self._by_id: dict[str, Contact] = {}
        self._by_token: dict[tuple[str, str], Contact] = {}
        self._ended: set[str] = set()

    def restore(self, records: Iterable[CallRecord]) -> None:
        """Remember the calls of a log, so that a restart of the sandbox rings nobody twice. They are over."""
        for record in records:
            if record.provider == "connect" and record.rang and record.provider_id and record.destination:
                self.start(
                    Contact(
                        record.provider_id,
                        record.region or "",
                        record.destination,
                        record.message_id,
                        record.client_token,
                        record.received_at,
                    )
                )
                self.stop(record.provider_id)

    def started(self, region: str, client_token: str | None, now: float) -> Contact | None:
        """The contact that a client token already started in a region, while the token is valid."""
        contact = self._by_token.get((region, client_token)) if client_token else None
        return contact if contact and now - contact.started_at < _TOKEN_SECONDS else None

    def start(self, contact: Contact) -> None:
        """Remember a call."""
        self._by_id[contact.contact_id] = contact
        if contact.client_token:
            self._by_token[contact.region, contact.client_token] = contact

    def find(self, contact_id: str) -> Contact | None:
        """A call by its id."""
        return self._by_id.get(contact_id)

    def active(self, contact_id: str) -> bool:
        """Whether a call was made and not stopped."""
        return contact_id in self._by_id and contact_id not in self._ended

    def stop(self, contact_id: str) -> None:
        """End a call."""
        self._ended.add(contact_id)

    def clear(self) -> None:
        """Forget every call."""
        self._by_id.clear()
        self._by_token.clear()
        self._ended.clear()
