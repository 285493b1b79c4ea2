"""What the detector of backups looks at, and whom it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.backup_watch.finding import Finding, Level
from functions.backup_watch.letters import Letter
from functions.backup_watch.ports import By, CannotSeeError, OnCallUnreachableError, Only, Share
from functions.backup_watch.snapshots import Snapshot


@dataclass(frozen=True)
class Working:
    """Sessions at work, all alike."""

    application: str
    user: str
    host: str
    statement: str
    load: float = 1.0

    def value(self, by: By) -> str:
        return str(
            {
                By.APPLICATION: self.application,
                By.USER: self.user,
                By.HOST: self.host,
                By.STATEMENT: self.statement,
            }[by]
        )


class FakeLoad:
    """The load of these sessions. A statement's key is its length and beginning, as good as any digest."""

    def __init__(self, began: datetime, *sessions: Working) -> None:
        self.began_at = began
        self.sessions: tuple[Working, ...] = sessions
        self.is_silent = False

    def by(self, group: By, *, only: Only = None) -> Sequence[Share]:
        loads: dict[str, float] = {}
        for session in self._those(only):
            loads[session.value(group)] = loads.get(session.value(group), 0) + session.load
        shares = [Share({group: value}, load, _key(group, value)) for value, load in loads.items()]
        return sorted(shares, key=lambda share: -share.load)

    def by_both(self, group: By, part: By, *, only: Only = None) -> Sequence[Share]:
        loads: dict[tuple[str, str], float] = {}
        for session in self._those(only):
            both = (session.value(group), session.value(part))
            loads[both] = loads.get(both, 0) + session.load
        return [Share({group: one, part: other}, load) for (one, other), load in loads.items()]

    def began(self, only: tuple[By, str]) -> datetime:
        assert self._those(only)
        return self.began_at

    def _those(self, only: Only) -> list[Working]:
        if self.is_silent:
            raise CannotSeeError("Performance Insights do not answer")
        return [s for s in self.sessions if only is None or _key(only[0], s.value(only[0])) == only[1]]


def _key(by: By, value: str) -> str:
    return f"{len(value)}-{value[:20]}" if by is By.STATEMENT else value


class FakeSnapshots:
    """RDS's list."""

    def __init__(self, *snapshots: Snapshot) -> None:
        self.snapshots: tuple[Snapshot, ...] = snapshots
        self.is_silent = False

    def of_primary(self) -> Sequence[Snapshot]:
        if self.is_silent:
            raise CannotSeeError("RDS does not answer")
        return self.snapshots


class FakeFindings:
    """Findings in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Finding] = {}

    def recent(self, since: datetime) -> Sequence[Finding]:
        found = (each for each in self.kept.values() if each.ongoing or each.last_seen >= since)
        return sorted(found, key=lambda finding: finding.first_seen)

    def keep(self, finding: Finding) -> None:
        self.kept[finding.id] = finding


class FakeOnCall:
    """Keeps the letters."""

    def __init__(self) -> None:
        self.letters: list[tuple[Level, Letter]] = []
        self.is_unreachable = False

    def tell(self, level: Level, letter: Letter) -> None:
        if self.is_unreachable:
            raise OnCallUnreachableError("the topic takes nothing")
        self.letters.append((level, letter))

    @property
    def subjects(self) -> list[str]:
        """What the letters are about, the oldest first."""
        return [letter.subject.partition(": ")[2] for _, letter in self.letters]


def a_call(name: str, parameters: Mapping[str, object], **fields: object) -> dict[str, object]:
    """The detail of an EventBridge event about a call that CloudTrail recorded."""
    return {
        "eventID": "0f1e2d3c-4b5a-4968-8776-655443322110",
        "eventName": name,
        "eventTime": "2026-01-10T11:59:00Z",
        "eventSource": "rds.amazonaws.com",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/dba/kim"},
        "requestParameters": dict(parameters),
        "errorCode": None,
        **fields,
    }
