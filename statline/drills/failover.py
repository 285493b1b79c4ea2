"""Providers that stand beside each other: which one is asked, and which is demoted for a time."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from statline.drills.calls import Answers, Provider
from statline.drills.series import Series

WITHIN, LATEST, ENOUGH, BAD_SHARE = 60.0, 20, 4, 0.5
"""Demoted is who fails half of the latest answers: at most so many, of at least so many, not older than this."""
SHORTEST, LONGEST, FORGIVEN = 60.0, 900.0, 900.0
"""Seconds that a first demotion lasts, and any; and after which the next is a first one again."""
SLOW = 2.0
"""Seconds after which an answer speaks against whoever gave it."""


class Asked(Protocol):
    """Whoever a channel asks: a provider, or some beside each other."""

    @property
    def seconds(self) -> float:
        """How long an answer takes."""

    def ask(self, count: int, *, ahead: bool = False) -> Answers:
        """Make `count` calls. ahead: they do not share the rate."""


class Standing:
    """One provider among others: what it answered lately, and until when it is demoted."""

    def __init__(self, provider: Provider, demoted: Series | None) -> None:
        self.provider = provider
        self.until = float("-inf")
        self._times = 0
        self._demoted = demoted
        self._heard: deque[tuple[float, bool]] = deque(maxlen=LATEST)

    def note(self, now: float, answers: Answers) -> None:
        """Count answers, and demote where too many are bad. What is beyond our own rate is nobody's fault."""
        bad = answers.put_off - answers.throttled + answers.lost
        calls = answers.accepted + answers.refused + bad
        if self.provider.seconds > SLOW:
            bad = calls
        counted = min(calls, LATEST)
        failed = round(bad * counted / calls) if calls else 0
        self._heard.extend((now, number < failed) for number in range(counted))
        heard = [is_bad for at, is_bad in self._heard if now - at <= WITHIN]
        if len(heard) >= ENOUGH and sum(heard) >= BAD_SHARE * len(heard):
            self._times = self._times + 1 if now < self.until + FORGIVEN else 1
            self.until = now + min(SHORTEST * 2.0 ** min(self._times - 1, 10), LONGEST)
            self._heard.clear()

    def tell(self, now: float) -> None:
        """Say whether it is demoted."""
        if self._demoted is not None:
            self._demoted.add(now, 1.0 if now < self.until else 0.0)


class BesideEachOther:
    """Asks the first one that is not demoted; where all are, the first one."""

    def __init__(self, standings: Sequence[Standing]) -> None:
        self._standings = standings
        self._now = float("-inf")

    def refresh(self, now: float) -> None:
        """A new step begins."""
        self._now = now

    @property
    def seconds(self) -> float:
        """How long an answer takes."""
        return self._current.provider.seconds

    def ask(self, count: int, *, ahead: bool = False) -> Answers:
        """Make `count` calls. ahead: they do not share the rate."""
        current = self._current
        answers = current.provider.ask(count, ahead=ahead)
        current.note(self._now, answers)
        return answers

    def tell(self, now: float) -> None:
        """Say which are demoted."""
        for standing in self._standings:
            standing.tell(now)

    @property
    def _current(self) -> Standing:
        return next((one for one in self._standings if self._now >= one.until), self._standings[0])
