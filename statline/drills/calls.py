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
    """A provider on a usual day. seconds: an answer. put_off, refused, lost: of its calls."""

    seconds: float
    put_off: float
    refused: float
    lost: float


PROVIDERS: Mapping[str, ProviderHabits] = {
    "fcm": ProviderHabits(0.12, put_off=0.0004, refused=0.004, lost=0.0001),
    "sms": ProviderHabits(0.25, put_off=0.0006, refused=0.003, lost=0.0001),
    "twilio": ProviderHabits(0.30, put_off=0.0006, refused=0.003, lost=0.0001),
    "connect": ProviderHabits(0.60, put_off=0.0010, refused=0.002, lost=0.0002),
}
_HICCUPS_A_DAY, _HICCUP_STEPS, _HICCUP_SLOWNESS, _HICCUP_ERRORS = 1.5, (2, 10), 6.0, 0.03
"""Every provider has spells of some ten seconds up to a minute and a half."""
_DAY = 86_400.0
TIMEOUT = 4.0
"""Seconds that a function waits for an answer."""


@dataclass(slots=True)
class Answers:
    """How some calls ended. throttled: of those put off, the ones beyond our own rate."""

    accepted: int = 0
    put_off: int = 0
    refused: int = 0
    lost: int = 0
    throttled: int = 0


class Provider:
    """One provider: what it answers. rate: calls a minute that it takes from us; beyond, it puts off.

    Who comes when the rate is used up is chance, but stat has numbers of its own.
    """

    def __init__(self, name: str, rate: float, dice: random.Random) -> None:
        self.name = name
        self.habits = PROVIDERS[name]
        self.counted = Answers()
        self._dice = dice
        self._rate = rate * STEP / _MINUTE
        self._asked = 0
        self._let_in = 1.0
        self._hiccup = 0
        self._down = False
        self._errors = self._refusals = 0.0
        self._slowness = 1.0

    def refresh(self, levers: Mapping[str, float]) -> None:
        """A new step begins."""
        self._let_in = min(1.0, self._rate / self._asked) if self._asked else 1.0
        self._asked = 0
        self._down = levers[f"provider.{self.name}.down"] > 0
        self._errors = levers[f"provider.{self.name}.errors"]
        self._refusals = levers[f"provider.{self.name}.refusals"]
        self._slowness = levers[f"provider.{self.name}.slowness"]
        if self._hiccup:
            self._hiccup -= 1
            self._slowness *= _HICCUP_SLOWNESS
            self._errors += _HICCUP_ERRORS
        elif self._dice.random() < _HICCUPS_A_DAY * STEP / _DAY:
            self._hiccup = self._dice.randrange(*_HICCUP_STEPS)

    @property
    def seconds(self) -> float:
        """How long an answer takes."""
        return TIMEOUT if self._down else min(TIMEOUT, self.habits.seconds * self._slowness)

    def ask(self, count: int, *, ahead: bool = False) -> Answers:
        """Make `count` calls. ahead: they do not share the rate."""
        self._asked += count
        if self._down:
            self.counted.lost += count
            return Answers(lost=count)
        within = count if ahead else some_of(count, self._let_in, self._dice)
        habits, dice = self.habits, self._dice
        lost = some_of(within, habits.lost, dice)
        put_off = some_of(within - lost, habits.put_off + self._errors, dice)
        refused = some_of(within - lost - put_off, habits.refused + self._refusals, dice)
        answers = Answers(within - lost - put_off - refused, put_off + count - within, refused, lost, count - within)
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
