"""The phones: every accepted push, message and call lands on one, keyed by device token or E.164 number."""

from collections.abc import Mapping, Sequence

from local.sandbox.feed import Feed
from local.sandbox.records import Arrival, Received


class PhoneStore:
    """What each phone received, in order."""

    def __init__(self) -> None:
        self.feed: Feed[Received] = Feed()
        self._phones: dict[str, list[Received]] = {}

    @property
    def phones(self) -> Mapping[str, Sequence[Received]]:
        """Every phone that received something, with what it received, oldest first."""
        return self._phones

    def deliver(self, arrival: Arrival, at: float) -> Received:
        """Put an arrival on its phone at a time in epoch seconds."""
        received = Received(**arrival.model_dump(), seq=self.feed.last + 1, at=at)
        self._phones.setdefault(received.phone, []).append(received)
        self.feed.append(received)
        return received

    def screen(self, phone: str) -> Sequence[Received]:
        """What the phone still shows: a push replaces the earlier one with its collapse key."""
        shown: dict[str, Received] = {}
        for received in self._phones.get(phone, []):
            key = received.collapse_key or f"#{received.seq}"
            shown.pop(key, None)
            shown[key] = received
        return list(shown.values())

    def clear(self) -> None:
        """Wipe every phone."""
        self._phones.clear()
        self.feed.clear()
