"""What is asked of a database, and how: as data from files, and through one port."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from psycopg.sql import SQL, Composed

from functions.core.domain.backup.verdicts import Rule
from functions.core.domain.errors import TemporaryError

Row = tuple[Any, ...]
_HEADER = "-- "
_FOLDER = Path(__file__).parent / "sql"


class NotAnsweredError(TemporaryError):
    """A question has no answer: it took too long, or the server cannot or may not read what it is about.

    The message says why without any row's content. That it has none is itself an answer: the check fails.
    """


class TookTooLongError(NotAnsweredError):
    """The question took longer than it was given, or there was no time left to put it."""


class Asker(Protocol):
    """Someone who puts questions to one database. Each is a transaction of its own, read-only."""

    def ask(self, question: Composed, *, seconds: float, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that the question has within so many seconds. Raises `NotAnsweredError`."""
        ...

    @property
    def seconds_left(self) -> float:
        """How long there is still for questions."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """One file of ``sql/``: what is asked, why, and the rule that judges the answers (names, and of each a value)."""

    name: str
    why: str
    rule: Rule
    sql: Composed


@cache
def standing_questions() -> tuple[Question, ...]:
    """What every database is asked."""
    return tuple(_question(path) for path in sorted(_FOLDER.glob("*.sql")))


def composed(text: str) -> Composed:
    """Somebody's own SQL (a file of ours, a deployment's check), as it stands."""
    return Composed([SQL(text)])


def _question(path: Path) -> Question:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.removeprefix(_HEADER).partition(": ") for line in lines if line.startswith(_HEADER))
    header = {name: value for name, _, value in pairs}
    sql = "\n".join(line for line in lines if not line.startswith(_HEADER))
    return Question(header["name"], header["why"], Rule(header["rule"]), composed(sql))
