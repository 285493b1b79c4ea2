"""The phones, as the sandbox keeps them: when each notification of a drill was first on one, and how often."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from local.drill.traffic import Sent, Taken
from local.sandbox.client import SandboxClient
from statline.contract.words import Channel

_NAME = "statline_notification"
_POLL_SECONDS = 2


@dataclass(slots=True)
class Phones:
    """Follows the sandbox's phones. `after`: how far its list was read; `since_now` begins at its end."""

    sandbox: SandboxClient
    after: int = 0
    _first: dict[tuple[str, Channel], float] = field(default_factory=dict)
    _rang: Counter[tuple[str, Channel]] = field(default_factory=Counter)

    @classmethod
    def since_now(cls, sandbox: SandboxClient) -> "Phones":
        """The phones, without what they got before."""
        before = sandbox.arrivals()
        return cls(sandbox, before[-1].seq if before else 0)

    def look(self, wait_seconds: int = 0) -> None:
        """Take in what has come, and wait so long for more where nothing has."""
        for arrival in self.sandbox.arrivals(self.after, wait_seconds):
            self.after = arrival.seq
            key = arrival.data.get(_NAME, ""), Channel(arrival.channel)
            self._first.setdefault(key, arrival.at)
            self._rang[key] += 1

    def await_all(self, sent: Sequence[Sent], within: float) -> list[Taken]:
        """What became of each, once all have come or the time (seconds) is over."""
        end = time.monotonic() + within
        self.look()
        while any(self._came(one) is None for one in sent) and time.monotonic() < end:
            self.look(_POLL_SECONDS)
        return self.taken(sent)

    def taken(self, sent: Iterable[Sent]) -> list[Taken]:
        """What has become of each as far as is known."""
        return [Taken(one.lane, one.at, _seconds(self._came(one), one.at), one.steady) for one in sent]

    def repeated(self, sent: Iterable[Sent]) -> int:
        """How many came to a phone more than once by one channel."""
        return sum(any(self._rang[one.name, channel] > 1 for channel in one.counted) for one in sent)

    def _came(self, one: Sent) -> float | None:
        return min((at for channel in one.counted if (at := self._first.get((one.name, channel)))), default=None)


def _seconds(came: float | None, left: float) -> float | None:
    return None if came is None else came - left
