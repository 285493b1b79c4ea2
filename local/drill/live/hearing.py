"""What becomes known of alarms while a drill runs: the words on the topics, and the states of all alarms."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field

from local.drill.live.plan import Must
from local.drill.region import Region
from local.on_call import ALARM, OnCall, Word


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm came into ALARM, or left it; `at`: when that was seen (epoch seconds)."""

    at: float
    alarm: str
    speaks: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was heard and seen. speaking: the alarms that were in ALARM before anything happened."""

    words: tuple[Word, ...] = ()
    changes: tuple[Change, ...] = ()
    speaking: tuple[str, ...] = ()

    def spoke(self, must: Must, since: float) -> float | None:
        """When the alarm was heard on its topic, or was seen where it has none; None where that has not been."""
        return min((at for at, topic in self._moments(must.alarm, since) if topic == must.topic), default=None)

    def topics_of(self, alarm: str, since: float) -> set[str]:
        """The topics on which an alarm was heard."""
        return {topic for _, topic in self._moments(alarm, since) if topic}

    def rests(self, alarm: str) -> bool:
        """Whether the last that was seen of an alarm is that it is at rest."""
        last = next((change.speaks for change in reversed(self.changes) if change.alarm == alarm), None)
        return alarm not in self.speaking if last is None else not last

    def _moments(self, alarm: str, since: float) -> list[tuple[float, str]]:
        heard = [(w.at, w.topic) for w in self.words if w.alarm == alarm and w.state == ALARM and w.at >= since]
        seen = [(c.at, "") for c in self.changes if c.alarm == alarm and c.speaks and c.at >= since]
        return [*heard, *seen]


@dataclass(slots=True)
class Hearing:
    """Listens and looks. `before`: the alarms that speak already."""

    region: Region
    on_call: OnCall
    before: tuple[str, ...] = ()
    _changes: list[Change] = field(default_factory=list)
    _speaking: frozenset[str] = frozenset()

    def begin(self, speaking: Collection[str]) -> None:
        """Begin with what speaks now; what was heard until now is forgotten."""
        self.before = tuple(sorted(speaking))
        self._speaking = frozenset(speaking)
        self.on_call.heard.clear()

    def listen(self) -> None:
        """Take in what has come, for about a second."""
        self.on_call.listen()
        now, speaking = time.time(), frozenset(self.region.speaking())
        self._changes += [Change(now, alarm, speaks=True) for alarm in sorted(speaking - self._speaking)]
        self._changes += [Change(now, alarm, speaks=False) for alarm in sorted(self._speaking - speaking)]
        self._speaking = speaking

    @property
    def heard(self) -> Heard:
        """All until now."""
        return Heard(tuple(self.on_call.heard), tuple(self._changes), self.before)
