"""Keeps the directory: applies what its sources say, whatever order the changes come in, and keeps bad ones aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field, TypeAdapter, ValidationError

from functions.core.domain.directory.dead_address import DeadAddress
from functions.core.domain.errors import ChangeDoesNotFitError
from functions.core.domain.ports.delivering import Quarantine
from functions.core.domain.ports.directory import DirectoryWriter
from statline.contract.directory import (
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    EscalationPolicyChange,
    LineChange,
    PagerChange,
    ServiceChange,
    ShiftChange,
    TeamChange,
    TenantPolicyChange,
    UserChange,
)

_Word = Annotated[
    UserChange
    | ContactPointChange
    | DeviceChange
    | TeamChange
    | ShiftChange
    | PagerChange
    | ServiceChange
    | LineChange
    | EscalationPolicyChange
    | TenantPolicyChange
    | DeadAddress,
    Field(discriminator="kind"),
]
_WORD: TypeAdapter[DirectoryChange | DeadAddress] = TypeAdapter(_Word)


class BadChange(StrEnum):
    """Why a change was kept aside. The words stand beside it in the quarantine queue."""

    NOT_JSON = "directory_change_not_json"
    INVALID = "directory_change_invalid"
    DOES_NOT_FIT = "directory_change_does_not_fit"


class Done(StrEnum):
    """What became of one letter."""

    APPLIED = "applied"
    OLDER = "older"
    KEPT_ASIDE = "kept_aside"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the ``directory-changes`` queue."""

    message_id: str
    body: str


class Log(Protocol):
    """Where the service says what it did. It never says what a change held."""

    def change_kept_aside(self, message_id: str, reason: BadChange) -> None:
        """A change could not be used."""
        ...

    def change_put_off(self, message_id: str, cause: Exception) -> None:
        """A change goes back to its queue; ``cause`` is told by its type only."""
        ...


@dataclass(frozen=True, slots=True)
class DirectoryChanges:
    """The use case. One letter's trouble is no other letter's."""

    writer: DirectoryWriter
    quarantine: Quarantine
    log: Log

    def apply(self, letters: Sequence[Letter]) -> list[Done]:
        """Apply each letter and answer, in order, what became of it. `Done.AGAIN` belongs back in the queue."""
        return [self._apply_one(letter) for letter in letters]

    def _apply_one(self, letter: Letter) -> Done:
        """What cannot be processed for an error of ours ends in the dead-letter queue, and holds up nobody."""
        try:
            return self._written(letter)
        except Exception as cause:  # noqa: BLE001 - whatever it is: it is logged, and its letter stays on the queue
            self.log.change_put_off(letter.message_id, cause)
            return Done.AGAIN

    def _written(self, letter: Letter) -> Done:
        word = read_word(letter.body)
        if isinstance(word, BadChange):
            return self._kept_aside(letter, word)
        try:
            news = self.writer.drop_device(word) if isinstance(word, DeadAddress) else self.writer.apply(word)
        except ChangeDoesNotFitError:
            return self._kept_aside(letter, BadChange.DOES_NOT_FIT)
        return Done.APPLIED if news else Done.OLDER

    def _kept_aside(self, letter: Letter, reason: BadChange) -> Done:
        self.quarantine.keep(letter.body, reason)
        self.log.change_kept_aside(letter.message_id, reason)
        return Done.KEPT_ASIDE


def read_word(body: str) -> DirectoryChange | DeadAddress | BadChange:
    """What a body says: a change, a report of a dead address, or why it is neither."""
    try:
        return _WORD.validate_json(body)
    except ValidationError as cause:
        not_json = any(fault["type"] == "json_invalid" for fault in cause.errors(include_url=False))
        return BadChange.NOT_JSON if not_json else BadChange.INVALID
