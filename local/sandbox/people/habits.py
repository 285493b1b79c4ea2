"""How the people behind the phones behave: who picks up, what is pressed, who texts back."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

TextFate = Literal[
    "TEXT_DELIVERED",
    "TEXT_SUCCESSFUL",
    "TEXT_UNREACHABLE",
    "TEXT_CARRIER_UNREACHABLE",
    "TEXT_BLOCKED",
    "TEXT_CARRIER_BLOCKED",
    "TEXT_INVALID",
    "TEXT_UNKNOWN",
    "TEXT_TTL_EXPIRED",
    "silence",
]
"""What becomes of a text, in End User Messaging's words; silence: the carrier never says."""


class Habit(BaseModel):
    """How one phone is used. The seconds are those of people; the switchboard's pace shortens them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on_call: Literal["listens", "ignores", "voicemail", "busy"] = "listens"
    """Listens: picks up and hears it to the end. Ignores: lets it ring. Voicemail: picks up late, presses nothing."""
    keys: tuple[str, ...] = ()
    """What somebody who listens keys in, one entry for each question that the call asks."""
    picks_up_after: float = Field(default=3.0, ge=0, le=120)
    text_fate: TextFate = "TEXT_DELIVERED"
    receipt_after: float = Field(default=1.0, ge=0, le=86_400)
    texts_back: str | None = None
    """The answer to a text that comes from a number which takes answers."""
    texts_back_times: int = Field(default=1, ge=1)
    """To how many texts it is the answer: two that answer everything would never come to an end."""
    texts_back_after: float = Field(default=4.0, ge=0, le=86_400)


class Habits(BaseModel):
    """Everybody's habits: those of a phone, else those of the longest prefix of its number, else the usual ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    usual: Habit = Habit()
    phones: Mapping[str, Habit] = {}

    def of(self, phone: str) -> Habit:
        """How this phone is used."""
        prefixes = [prefix for prefix in self.phones if phone.startswith(prefix)]
        return self.phones[max(prefixes, key=len)] if prefixes else self.usual


class HabitBook:
    """The habits in force."""

    def __init__(self) -> None:
        self._answered: Counter[str] = Counter()
        self._current = Habits()

    @property
    def current(self) -> Habits:
        """Everybody's habits now."""
        return self._current

    @current.setter
    def current(self, habits: Habits) -> None:
        self._current = habits
        self._answered.clear()

    def answer_of(self, phone: str) -> str | None:
        """What a phone texts back to the text that it gets now; None where it leaves it."""
        habit = self._current.of(phone)
        if habit.texts_back is None or self._answered[phone] >= habit.texts_back_times:
            return None
        self._answered[phone] += 1
        return habit.texts_back
