"""The functions' calls, and the providers': how many, how they ended, how long they take."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from statline.drills.traffic import STEP, some_of

_MINUTE = 60.0


class Calls:
    """What Lambda counts of one function within a minute."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = self.errors = self.throttles = 0

    def worked(self, messages: int, crashed: int = 0) -> None:
        """Messages came in batches: few at a time while there are few."""
        self.calls += max(1, messages // 5) if messages else 0
        self.errors += min(crashed, max(1, crashed // 5)) if crashed else 0

    def take(self) -> tuple[int, int, int]:
        """The minute's calls, errors and throttles; the next minute begins."""
        counted = (self.calls, self.errors, self.throttles)
        self.calls = self.errors = self.throttles = 0
        return counted


@dataclass(frozen=True, slots=True)
class ProviderHabits:
    """A provider on a usual day. seconds: an answer. put_off, refused, lost: of its calls.

    rate: calls a minute that it takes from us.
    """

    seconds: float
    put_off: float
    refused: float
    lost: float
    rate: float


PROVIDERS: Mapping[str, ProviderHabits] = {
    "fcm": ProviderHabits(0.12, put_off=0.0004, refused=0.004, lost=0.0001, rate=600_000),
    "sms": ProviderHabits(0.25, put_off=0.0006, refused=0.003, lost=0.0001, rate=6_000),
    "connect": ProviderHabits(0.60, put_off=0.0010, refused=0.002, lost=0.0002, rate=300),
}
TIMEOUT = 4.0
"""Seconds that a function waits for an answer."""


@dataclass(slots=True)
class Answers:
    """How some calls ended."""

    accepted: int = 0
    put_off: int = 0
    refused: int = 0
    lost: int = 0


class Provider:
    """One provider: what it answers, and how much of its quota is left in this step."""

    def __init__(self, name: str, dice: random.Random) -> None:
        self.name = name
        self.habits = PROVIDERS[name]
        self.counted = Answers()
        self._dice = dice
        self._left = 0
        self._down = False
        self._errors = self._refusals = 0.0
        self._slowness = 1.0

    def refresh(self, levers: Mapping[str, float]) -> None:
        """A new step begins: the quota's next share is there."""
        self._left = round(self.habits.rate * STEP / _MINUTE)
        self._down = levers[f"provider.{self.name}.down"] > 0
        self._errors = levers[f"provider.{self.name}.errors"]
        self._refusals = levers[f"provider.{self.name}.refusals"]
        self._slowness = levers[f"provider.{self.name}.slowness"]

    @property
    def seconds(self) -> float:
        """How long an answer takes."""
        return TIMEOUT if self._down else min(TIMEOUT, self.habits.seconds * self._slowness)

    def ask(self, count: int) -> Answers:
        """Make `count` calls."""
        if self._down:
            self.counted.lost += count
            return Answers(lost=count)
        within = min(count, self._left)
        self._left -= within
        habits, dice = self.habits, self._dice
        lost = some_of(within, habits.lost, dice)
        put_off = some_of(within - lost, habits.put_off + self._errors, dice)
        refused = some_of(within - lost - put_off, habits.refused + self._refusals, dice)
        answers = Answers(within - lost - put_off - refused, put_off + count - within, refused, lost)
        counted = self.counted
        counted.accepted += answers.accepted
        counted.put_off += answers.put_off
        counted.refused += answers.refused
        counted.lost += answers.lost
        return answers

    def take(self) -> Answers:
        """What was counted since the last look."""
        counted, self.counted = self.counted, Answers()
        return counted
