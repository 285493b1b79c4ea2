"""What the detector sees, and what it makes of it: a finding has a beginning, an end, and somebody who did it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Source(StrEnum):
    """Where something was seen. A finding ends only when its source was looked at and shows it no more."""

    SNAPSHOTS = "snapshots"
    """RDS's list of snapshots."""
    LOAD = "load"
    """What loads the database, by application and statement."""
    CALLS = "calls"
    """The calls that CloudTrail records."""


class Level(StrEnum):
    """How soon a person must look."""

    PAGE = "page"
    """A backup loads the primary now."""
    TICKET = "ticket"
    """Nothing loads it now that should not; something is set up differently from what was declared."""


CALL_LASTS = timedelta(minutes=15)
"""What a call asked for is not seen to end: it is taken to go on for so long."""
UNSEEN_FOR = timedelta(seconds=90)
"""What two looks in a row do not see has ended. Performance Insights and RDS's list both lag a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that was seen in one look.

    key: the same for the same thing in every look. what: in words, without the text of any statement.
    who: an IAM ARN, or a database user with the address and the application; empty where the source does not say.
    since: when it began, as far as the source knows. over: it is seen, and has ended already.
    """

    key: str
    source: Source
    level: Level
    what: str
    who: str
    since: datetime
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was made of observations with one key.

    id: its own; what begins again after its end is another finding with the same key.
    told_at: when on-call was told. told_who: whom on-call was told, which may come later. end_told_at: when on-call was
    told that it is over. note: what RDS itself says of it.
    """

    id: str
    key: str
    source: Source
    level: Level
    what: str
    who: str
    first_seen: datetime
    last_seen: datetime
    note: str = ""
    ended_at: datetime | None = None
    told_at: datetime | None = None
    told_who: str = ""
    end_told_at: datetime | None = None

    @property
    def ongoing(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None


def begun(seen: Observation, now: datetime) -> Finding:
    """The finding that an observation begins; it may have ended before it was seen."""
    return Finding(
        id=f"{seen.key}#{now.isoformat()}",
        key=seen.key,
        source=seen.source,
        level=seen.level,
        what=seen.what,
        who=seen.who,
        first_seen=min(seen.since, now),
        last_seen=now,
        ended_at=now if seen.over else None,
    )


def continued(finding: Finding, seen: Observation, now: datetime) -> Finding:
    """The finding after it was seen again; whoever is known stays known, and so do the words that were told."""
    return replace(
        finding,
        who=finding.who or seen.who,
        first_seen=min(finding.first_seen, seen.since),
        last_seen=now,
        ended_at=now if seen.over else None,
    )
