"""What becomes of a question that the database does not answer."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from functions.backup_checks.asking import PatientAsker
from functions.backup_checks.questions import NotAnsweredError, composed
from functions.database.errors import (
    DatabaseUnavailableError,
    StatementRefusedError,
    StatementTimedOutError,
    not_answered,
)

QUESTION = composed("SELECT body FROM messages")


class Server:
    """Sessions with a server that answers as it is told, one thing after the other."""

    def __init__(self, *answers: Exception | list[Any]) -> None:
        self.answers = list(answers)
        self.set: list[list[str]] = []

    def rows(self, statement: Any, parameters: Sequence[Any] = ()) -> list[Any]:
        if statement is not QUESTION:
            names, values = parameters
            self.set.append([f"{name}={value}" for name, value in zip(names, values, strict=True)])
            return []
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def told(cause: psycopg.Error) -> Exception:
    """The error as the sessions raise it."""
    error = not_answered("the server", cause)
    error.__cause__ = cause
    return error


def ask(server: Server, left: float = 100.0) -> list[Any]:
    asker = PatientAsker(server, lambda: left)  # type: ignore[arg-type]
    return asker.ask(QUESTION, seconds=10)


def test_a_replica_that_had_to_go_on_replaying_is_asked_again() -> None:
    conflict = told(psycopg.errors.SerializationFailure("conflict with recovery"))

    assert ask(Server(conflict, conflict, [(1,)])) == [(1,)]
    with pytest.raises(DatabaseUnavailableError):
        ask(Server(conflict, conflict, conflict))


def test_a_server_that_is_away_is_not_asked_again_here() -> None:
    with pytest.raises(DatabaseUnavailableError):
        ask(Server(told(psycopg.errors.AdminShutdown("going down")), [(1,)]))


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (psycopg.errors.UndefinedFile("could not open file base/1"), "58P01 (UndefinedFile)"),
        (psycopg.errors.DataCorrupted("invalid page: Mary Smith"), "XX001 (DataCorrupted)"),
        (psycopg.errors.DivisionByZero("row of Mary Smith"), "22012 (DivisionByZero)"),
        (psycopg.errors.InsufficientPrivilege("denied for table messages"), "42501 (InsufficientPrivilege)"),
    ],
)
def test_what_the_server_cannot_read_is_no_answer_and_no_row_is_quoted(cause: psycopg.Error, words: str) -> None:
    with pytest.raises(NotAnsweredError) as told_of:
        ask(Server(told(cause)))

    assert str(told_of.value) == f"the server ended it with {words}"


def test_a_question_that_takes_too_long_says_how_long_it_was_given() -> None:
    late = told(psycopg.errors.QueryCanceled("canceling statement due to statement timeout"))
    assert isinstance(late, StatementTimedOutError)

    with pytest.raises(NotAnsweredError, match="more than 3 s"):
        ask(Server(late), left=3)


def test_each_question_gets_what_is_left_of_the_time_and_the_same_settings() -> None:
    server = Server([(1,)])

    ask(server, left=3)

    (settings,) = server.set
    assert "statement_timeout=3000" in settings
    assert {"TimeZone=UTC", "row_security=off"} <= set(settings)


def test_nothing_is_asked_when_there_is_no_time() -> None:
    server = Server([(1,)])

    with pytest.raises(NotAnsweredError, match="no time left"):
        ask(server, left=0)

    assert server.answers == [[(1,)]]


def test_a_refused_statement_is_no_answer() -> None:
    refused = told(psycopg.errors.UndefinedTable("no such table"))
    assert isinstance(refused, StatementRefusedError)

    with pytest.raises(NotAnsweredError):
        ask(Server(refused))
