"""A model check of the queue of changes, the reconcile and a replica that lags: in whatever order things come.

The source is a table whose every state is kept, so that a replica can show any moment of its past. Messages are lost,
late and repeated; runs die between two writes; replicas are replaced by staler ones.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from functions.core.domain.directory.reconciling import MARGIN, EntryName, Row, SourceChange
from functions.core.domain.errors import StoreUnavailableError
from functions.core.services.reconcile import Order, Reconcile
from tests.fakes.clock import FakeClock
from tests.fakes.directory_changes import TENANT, a_phone, a_shift
from tests.fakes.source_views import FakeSourceViews
from tests.fakes.stored_directory import FakeStoredDirectory, Kept, name_of
from tests.unit.reconcile.notes import Notes

FOREVER = timedelta(days=3650)
ENTITIES: Sequence[SourceChange] = (
    a_phone("u-1"),
    a_shift(ends_at=FakeClock().now + FOREVER),
)


@dataclass
class Source:
    """The primary's tables. created: since when each row has been there; gone: when and by which revision it went."""

    clock: FakeClock
    rows: dict[EntryName, SourceChange] = field(default_factory=dict)
    created: dict[EntryName, datetime] = field(default_factory=dict)
    gone: dict[EntryName, tuple[datetime, int]] = field(default_factory=dict)
    revisions: dict[EntryName, int] = field(default_factory=dict)
    moments: list[datetime] = field(default_factory=list)
    states: list[dict[EntryName, SourceChange]] = field(default_factory=list)

    def write(self, entity: SourceChange) -> SourceChange:
        change = self._next(entity)
        self.created.setdefault(name_of(change), self.clock())
        self.rows[name_of(change)] = change
        self._remember()
        return change

    def delete(self, entity: SourceChange) -> SourceChange:
        change = self._next(entity).model_copy(update={"deleted": True})
        name = name_of(change)
        self.rows.pop(name, None)
        self.created.pop(name, None)
        self.gone[name] = (self.clock(), change.revision)
        self._remember()
        return change

    def at(self, moment: datetime) -> dict[EntryName, SourceChange]:
        """What a replica of this moment shows."""
        found = bisect_right(self.moments, moment)
        return self.states[found - 1] if found else {}

    def _next(self, entity: SourceChange) -> SourceChange:
        name = name_of(entity)
        self.revisions[name] = self.revisions.get(name, 0) + 1
        return entity.model_copy(update={"revision": self.revisions[name]})

    def _remember(self) -> None:
        self.moments.append(self.clock())
        self.states.append(dict(self.rows))


class Reconciling(RuleBasedStateMachine):
    """The directory between its two sources of truth."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.source = Source(self.clock)
        self.queue: list[SourceChange] = []
        self.directory = FakeStoredDirectory(self.clock)

    @rule(entity=st.sampled_from(ENTITIES), told=st.booleans())
    def write(self, entity: SourceChange, told: bool) -> None:
        self._tell(self.source.write(entity), told)

    @rule(entity=st.sampled_from(ENTITIES), told=st.booleans())
    def delete(self, entity: SourceChange, told: bool) -> None:
        if name_of(entity) in self.source.rows:
            self._tell(self.source.delete(entity), told)

    @rule(data=st.data(), again=st.booleans())
    def deliver(self, data: st.DataObject, again: bool) -> None:
        if self.queue:
            number = data.draw(st.integers(0, len(self.queue) - 1))
            change = self.queue[number] if again else self.queue.pop(number)
            before = self.directory.kept.get(name_of(change))
            self.directory.apply(change)
            assert before is None or self.directory.kept[name_of(change)].revision >= before.revision, (
                "an older one won"
            )

    @rule(seconds=st.sampled_from([1, 400, 900]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(
        stale=st.sampled_from([0, 0, 1, 2]),
        percent=st.sampled_from([0, 100, 100]),
        dies_after=st.sampled_from([None, None, None, 0, 1]),
    )
    def reconcile(self, stale: int, percent: int, dies_after: int | None) -> None:
        before = dict(self.directory.kept)
        self.directory.failing = [] if dies_after is None else [None] * dies_after + [StoreUnavailableError("killed")]
        try:
            self._run(percent, stale)
        except StoreUnavailableError:
            assert dies_after is not None
        self.directory.failing = []
        for name, kept in before.items():
            now = self.directory.kept[name]
            assert not (now.deleted and not kept.deleted and self._has_been_there_since(name, kept.at)), "lost"
            assert not (kept.deleted and not now.deleted and self._is_known_as_gone(name, kept)), "brought back"
            assert now.absent or now.revision >= kept.revision or kept.absent, "an older one won"

    @rule()
    def pass_a_quiet_hour(self) -> None:
        """Everything arrives, and a run is complete: what most hours are like."""
        while self.queue:
            self.directory.apply(self.queue.pop())
        self.clock.advance(3600)
        self.reconcile(stale=0, percent=100, dies_after=None)

    def teardown(self) -> None:
        """When everything has arrived and the replica has caught up, one complete run makes all as the source says."""
        for change in self.queue:
            self.directory.apply(change)
        self.clock.advance(MARGIN.total_seconds() + 1)
        self._run(percent=100, stale=0)
        assert self.directory.live() == self.source.rows
        writes = self.directory.writes
        self._run(percent=100, stale=0)
        assert self.directory.writes == writes, "a run with nothing to do wrote"

    def _run(self, percent: int, stale: int) -> None:
        """A run on a replica that lacks so many of the source's last transactions."""
        moment = (
            self.source.moments[-stale] - timedelta(seconds=1)
            if 0 < stale <= len(self.source.moments)
            else self.clock()
        )
        views = FakeSourceViews(self.clock, moment=moment)
        views.rows = {name: Row(name, change) for name, change in self.source.at(moment).items()}
        run = Reconcile(views, self.directory, self.directory, Notes(), self.clock, (TENANT,))
        run.run(Order(percent, self.clock() + timedelta(minutes=10)))

    def _tell(self, change: SourceChange, told: bool) -> None:
        if told:
            self.queue.append(change)

    def _has_been_there_since(self, name: EntryName, stored_at: int) -> bool:
        """Whether the source has had the row, without a break, since before the directory stored it."""
        return name in self.source.rows and self.source.created[name].timestamp() <= stored_at

    def _is_known_as_gone(self, name: EntryName, kept: Kept) -> bool:
        """Whether the source's last word was a deletion, and the directory's was written knowing it."""
        if name in self.source.rows:
            return False
        when, revision = self.source.gone[name]
        return kept.revision == revision if not kept.absent else kept.at >= when.timestamp()


TestReconciling = Reconciling.TestCase
TestReconciling.settings = settings(max_examples=300, stateful_step_count=25, deadline=None)
