"""Puts many questions of one kind, as far as the time goes: one that cannot be answered keeps nobody from the others.

How long a restored copy takes is not known beforehand: each block comes from S3 when it is first read. What there was
no time for is counted and said, and is no fault of the copy: its rows have been compared by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg.sql import Composed

from functions.backup_checks.questions import Asker, NotAnsweredError, Row, TookTooLongError


@dataclass(frozen=True, slots=True)
class Round:
    """What came of it, by the questions' names. refused: why the server did not answer. late: how many had no time."""

    answers: Mapping[str, Sequence[Row]]
    refused: Mapping[str, str]
    late: int

    @property
    def left_out(self) -> str:
        """What there was no time for, in words that end a sentence; empty where there was time for all."""
        return f"; for lack of time not looked into: {self.late}" if self.late else ""


def ask_each(asker: Asker, questions: Iterable[tuple[str, Composed]], *, within: float, leaving: float) -> Round:
    """Ask each for so many seconds at the most, and leave so many for what comes after."""
    answers: dict[str, Sequence[Row]] = {}
    refused: dict[str, str] = {}
    late = 0
    for name, question in questions:
        try:
            answers[name] = asker.ask(question, seconds=min(within, asker.seconds_left - leaving))
        except TookTooLongError:
            late += 1
        except NotAnsweredError as why:
            refused[name] = str(why)
    return Round(answers, refused, late)
