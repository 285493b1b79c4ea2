"""Where every lever stands at every moment of an incident."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from statline.drills.levers import USUAL


@dataclass(frozen=True, slots=True)
class Turn:
    """Some levers, turned from a moment until another (seconds of the epoch).

    to: where they stand. along: from where to where they are turned meanwhile, evenly.
    """

    begin: float
    end: float
    to: Mapping[str, float] = field(default_factory=dict)
    along: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that is put in once, by its lever's name."""

    at: float
    name: str
    count: float


class Course:
    """What an incident does with the levers. A later turn wins over an earlier one."""

    def __init__(self, turns: Sequence[Turn] = (), arrivals: Sequence[Arrival] = ()) -> None:
        self._turns = tuple(turns)
        self._arrivals = tuple(arrivals)
        self._known: Mapping[str, float] = USUAL
        self._known_from = self._known_until = float("-inf")

    def levers(self, now: float) -> Mapping[str, float]:
        """Where every lever stands."""
        if self._known_from <= now < self._known_until:
            return self._known
        active = [turn for turn in self._turns if turn.begin <= now < turn.end]
        levers = dict(USUAL)
        for turn in active:
            share = (now - turn.begin) / (turn.end - turn.begin)
            levers |= turn.to
            levers |= {name: start + (end - start) * share for name, (start, end) in turn.along.items()}
        self._known, self._known_from = MappingProxyType(levers), now
        moves = any(turn.along for turn in active)
        bounds = [bound for turn in self._turns for bound in (turn.begin, turn.end) if bound > now]
        self._known_until = now if moves else min(bounds, default=float("inf"))
        return self._known

    def put_in(self, start: float, end: float) -> Iterator[tuple[str, float]]:
        """What is put in from `start` until before `end`."""
        return ((one.name, one.count) for one in self._arrivals if start <= one.at < end)
