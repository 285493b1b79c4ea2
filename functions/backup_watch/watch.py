"""The detector's use case: look, remember, tell. It is run every minute, and at once when RDS or CloudTrail speak."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from functions.backup_watch.dumps import find_dumps
from functions.backup_watch.finding import Finding, Level, Observation, Source
from functions.backup_watch.judging import judge
from functions.backup_watch.letters import due, told, write
from functions.backup_watch.ports import CannotSeeError, Findings, Load, OnCall, Snapshots
from functions.backup_watch.snapshots import observe
from functions.backup_watch.window import BackupWindow
from functions.core.domain.ports.clock import Clock

_REMEMBERED = timedelta(hours=2)
"""Longer than a snapshot is found in RDS's list after it was made, and than CloudTrail takes to tell."""


@dataclass(frozen=True, slots=True)
class Note:
    """What RDS itself says of something, by the key of the finding that it is about."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to.

    on_primary: the page-level findings of this look, and those that go on. blind: each source that gave no answer, in
    words.
    """

    on_primary: int
    blind: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether it is known that a backup runs, or that none does."""
        return self.on_primary > 0 or not self.blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks for backups on one primary."""

    primary: str
    window: BackupWindow
    region: str
    runbook: str
    snapshots: Snapshots
    load: Load
    findings: Findings
    on_call: OnCall
    clock: Clock

    def look(self, note: Note | None = None) -> Looked:
        """Look at every source, and tell what is new, known or over.

        A source that is silent keeps nobody from hearing of what the others show. Raises `StoreUnavailableError` and
        `OnCallUnreachableError`; the next look tells what was not told.
        """
        seen: list[Observation] = []
        blind: list[str] = []
        sources: dict[Source, Callable[[], Sequence[Observation]]] = {
            Source.SNAPSHOTS: self._snapshots,
            Source.LOAD: lambda: find_dumps(self.load, primary=self.primary),
        }
        looked_at = set(sources)
        for source, observations in sources.items():
            try:
                seen += observations()
            except CannotSeeError as cause:
                looked_at.remove(source)
                blind.append(str(cause))
        burdening = sum(finding.level is Level.PAGE for finding in self._take_in(seen, looked_at, note))
        return Looked(burdening, tuple(blind))

    def hear(self, observation: Observation) -> None:
        """Take in what CloudTrail says. Raises as `look` does."""
        self._take_in([observation], set(), None)

    def _snapshots(self) -> list[Observation]:
        now = self.clock()
        observed = (
            observe(snapshot, primary=self.primary, window=self.window, now=now)
            for snapshot in self.snapshots.of_primary()
        )
        return [observation for observation in observed if observation is not None]

    def _take_in(self, seen: Sequence[Observation], looked_at: set[Source], note: Note | None) -> list[Finding]:
        """Answer what goes on, and what began and ended unseen since the last look."""
        now = self.clock()
        known = self.findings.recent(now - _REMEMBERED)
        judged = {finding.id: finding for finding in judge(known, seen, looked_at=looked_at, now=now)}
        untold = [finding for finding in known if finding.id not in judged and due(finding) is not None]
        going_on = [finding for finding in known if finding.id not in judged and finding.ongoing]
        for finding in (*_noted(judged.values(), note), *untold):
            self._keep_and_tell(finding)
        known_ids = {finding.id for finding in known}
        return going_on + [each for each in judged.values() if each.ongoing or each.id not in known_ids]

    def _keep_and_tell(self, finding: Finding) -> None:
        """Stored before it is told: a crash between the two tells it twice, and never not at all."""
        self.findings.keep(finding)
        while (occasion := due(finding)) is not None:
            letter = write(finding, occasion, region=self.region, runbook=self.runbook)
            self.on_call.tell(finding.level, letter)
            finding = told(finding, occasion, self.clock())
            self.findings.keep(finding)


def _noted(findings: Iterable[Finding], note: Note | None) -> Iterator[Finding]:
    for finding in findings:
        yield replace(finding, note=note.words) if note and finding.key == note.key else finding
