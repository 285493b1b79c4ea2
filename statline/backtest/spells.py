"""When an alarm would have spoken, from its transitions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from statline.alarms.model import State, Transition

_WEEK, _DAY = 7 * 86_400.0, 86_400.0
MONTH = 28 * _DAY
"""The shortest one: one page in any calendar month of history is then not more than one a month."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another, in seconds of the epoch."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.start

    def meets(self, other: "Stretch") -> bool:
        """Whether the two share a moment."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Spell(Stretch):
    """An alarm speaks. open: it still did when the history ended."""

    open: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an alarm would have done in the time that was looked at."""

    within: Stretch
    spells: Sequence[Spell]

    @property
    def times(self) -> int:
        """How often it would have spoken."""
        return len(self.spells)

    @property
    def seconds(self) -> float:
        """How long in all."""
        return sum(spell.seconds for spell in self.spells)

    @property
    def longest(self) -> float:
        """The longest, in seconds; 0 where there is none."""
        return max((spell.seconds for spell in self.spells), default=0.0)

    @property
    def share(self) -> float:
        """Of the time, 0 to 1."""
        return self.seconds / self.within.seconds if self.within.seconds else 0.0

    def times_in(self, seconds: float) -> float:
        """How often in such a time, on average."""
        return self.times * seconds / self.within.seconds if self.within.seconds else 0.0

    @property
    def times_a_week(self) -> float:
        """How often a week, on average."""
        return self.times_in(_WEEK)

    def beside(self, stretches: Sequence[Stretch]) -> "Outcome":
        """The same without the spells that met any of these."""
        return Outcome(self.within, [one for one in self.spells if not any(one.meets(each) for each in stretches)])


def outcome_of(transitions: Iterable[Transition], alarm: str, within: Stretch) -> Outcome:
    """An alarm's spells. What was held back by a suppressor was not said, and is no spell until it is told."""
    spells: list[Spell] = []
    since: float | None = None
    for transition in transitions:
        if transition.alarm != alarm:
            continue
        if transition.after is not State.ALARM:
            if since is not None:
                spells.append(Spell(since, transition.at))
            since = None
        elif since is None and not transition.suppressed:
            since = transition.at
    if since is not None:
        spells.append(Spell(since, within.end, open=True))
    return Outcome(within, spells)
