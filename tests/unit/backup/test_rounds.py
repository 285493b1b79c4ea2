"""Many questions of one kind, and the time that there is for them."""

from collections.abc import Sequence
from typing import Any

from psycopg.sql import Composed

from functions.backup_checks.questions import NotAnsweredError, TookTooLongError, composed
from functions.backup_checks.rounds import ask_each


class Slow:
    """A server that takes so many seconds for each question, and refuses to read one table."""

    def __init__(self, left: float, each: float) -> None:
        self.seconds_left = left
        self._each = each

    def ask(self, question: Composed, *, seconds: float, parameters: Sequence[object] = ()) -> list[Any]:
        taken = min(self._each, max(seconds, 0))
        self.seconds_left -= taken
        if taken < self._each:
            raise TookTooLongError("late")
        if question == composed("broken"):
            raise NotAnsweredError("XX001")
        return [(1,)]


QUESTIONS = [(name, composed(name)) for name in ("a", "broken", "b", "c")]


def test_what_the_server_cannot_read_keeps_nobody_from_the_others() -> None:
    found = ask_each(Slow(left=100, each=1), QUESTIONS, within=10, leaving=0)

    assert (list(found.answers), found.refused, found.left_out) == (["a", "b", "c"], {"broken": "XX001"}, "")


def test_what_there_is_no_time_for_is_said_and_time_is_left_for_what_follows() -> None:
    server = Slow(left=100, each=15)

    found = ask_each(server, QUESTIONS, within=20, leaving=50)

    assert list(found.answers) == ["a", "b"]
    assert found.left_out == "; for lack of time not looked into: 1"
    assert server.seconds_left == 50
