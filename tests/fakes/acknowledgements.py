"""The ports `Acknowledgements` and `ReplyBook` in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.domain.answers.acknowledgement import Acknowledgement, Answers, OpenActivation, StoodDown, Word
from functions.core.domain.errors import StoreUnavailableError
from tests.fakes.delivery_states import FakeDeliveryStates


@dataclass
class FakeAcknowledgements:
    """Remembers answers. ``away``: the table does not answer. ``states`` sees them as the one table would.

    looked_up: the activations that were asked for.
    """

    states: FakeDeliveryStates | None = None
    acknowledgements: dict[tuple[str, str, str], Acknowledgement] = field(default_factory=dict)
    words: dict[tuple[str, str, str], Word] = field(default_factory=dict)
    stood_down: dict[tuple[str, str], StoodDown] = field(default_factory=dict)
    away: bool = False
    looked_up: list[str] = field(default_factory=list)

    def of(self, tenant: str, activation: str) -> Answers:
        self._answer()
        self.looked_up.append(activation)
        named = (tenant, activation)
        return Answers(
            acknowledgements=tuple(
                self.acknowledgements[key] for key in sorted(self.acknowledgements) if key[:2] == named
            ),
            words=tuple(self.words[key] for key in sorted(self.words) if key[:2] == named),
            stood_down=self.stood_down.get(named),
        )

    def acknowledge(self, acknowledgement: Acknowledgement) -> Acknowledgement:
        self._answer()
        key = (acknowledgement.tenant, acknowledgement.activation, acknowledgement.role)
        stored = self.acknowledgements.setdefault(key, acknowledgement)
        if self.states is not None:
            self.states.acknowledgements.add(key)
        return stored

    def note(self, word: Word) -> None:
        self._answer()
        key = (word.tenant, word.activation, word.user)
        stored = self.words.get(key)
        if stored is None or stored.at <= word.at:
            self.words[key] = word

    def stand_down(self, word: StoodDown) -> StoodDown:
        self._answer()
        key = (word.tenant, word.activation)
        stored = self.stood_down.setdefault(key, word)
        if self.states is not None:
            self.states.stood_down.add(key)
        return stored

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the delivery-state table is away")


@dataclass
class FakeReplyBook:
    """Remembers what each phone was paged for. ``away``: the table does not answer."""

    entries: dict[tuple[str, str, str, str], OpenActivation] = field(default_factory=dict)
    away: bool = False

    def enter(self, entries: Sequence[tuple[str, OpenActivation]]) -> None:
        self._answer()
        for number, opened in entries:
            self.entries.setdefault((number, opened.tenant, opened.activation, opened.user), opened)

    def open_for(self, number: str, now: datetime) -> list[OpenActivation]:
        self._answer()
        found = [opened for key, opened in self.entries.items() if key[0] == number and opened.expires_at > now]
        return sorted(found, key=lambda opened: opened.opened_at, reverse=True)

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the delivery-state table is away")
