"""Which of a channel's providers is taken: the first one that is not demoted. Pure rules.

A worker judges a provider by the answers that it heard itself. What it finds is stored for the whole region, so that
others follow within seconds. A demotion ends by itself: the provider is then simply asked again, and where it still
fails, the next demotion is twice as long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.delivering.outcomes import REHEARSED, SLOWLY, THROTTLED, Accepted, NeverRetry, Outcome
from statline.contract.words import Priority

REMEMBERED = timedelta(seconds=60)
"""How old an answer may be that still counts."""
LATEST = 20
"""How many answers count at most, the latest: a provider that has just failed is not saved by a busy, good minute."""
ENOUGH = 4
"""With fewer answers nobody is judged. A single stat that is tried again has as many after seven seconds."""
BAD_SHARE = 0.5
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""How long a first demotion lasts, and any."""
FORGIVEN = timedelta(minutes=15)
"""How long after its end a demotion still doubles the next one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a provider that was demoted: until when, and for which time in a row. ``revision`` grows."""

    provider: str
    until: datetime
    times: int
    revision: int

    def is_demoted(self, now: datetime) -> bool:
        """Whether others are taken in its place."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer of a provider: when, and whether it speaks against it."""

    at: datetime
    bad: bool


def speaks_against(outcome: Outcome, priority: Priority) -> bool | None:
    """Whether an answer speaks against its provider; None where it says nothing about it.

    A refusal for good is about the address. Being throttled is about our own rate, but for a stat, which has a share
    of its own that nobody else can use up.
    """
    match outcome:
        case _ if outcome == REHEARSED:
            return None
        case NeverRetry():
            return False
        case Accepted(code=code):
            return code == SLOWLY
        case _ if outcome.code == THROTTLED:
            return True if priority is Priority.STAT else None
        case _:
            return True


def is_failing(heard: Sequence[Heard], now: datetime) -> bool:
    """Whether a provider that answered so is to be demoted."""
    counted = [each for each in heard if now - each.at <= REMEMBERED][-LATEST:]
    return len(counted) >= ENOUGH and sum(each.bad for each in counted) >= BAD_SHARE * len(counted)


def demoted(provider: str, before: Standing | None, now: datetime) -> Standing:
    """The standing of a provider that is demoted now."""
    again = before is not None and now < before.until + FORGIVEN
    times = before.times + 1 if before is not None and again else 1
    lasts = min(SHORTEST * 2 ** min(times - 1, 10), LONGEST)
    return Standing(provider, now + lasts, times, before.revision + 1 if before else 1)


def preferred(providers: Sequence[str], standings: Mapping[str, Standing], now: datetime) -> str:
    """The provider that is taken: the first that is not demoted; the first of all where every one is."""
    up = (name for name in providers if name not in standings or not standings[name].is_demoted(now))
    return next(up, providers[0])
