import pytest

from local.insights.statements import database_id, statement_id, tokenized


@pytest.mark.parametrize(
    ("statement", "digest"),
    [
        ("SELECT * FROM t WHERE id = 42", "SELECT * FROM t WHERE id = ?"),
        ("SELECT 'O''Dowd', E'it\\'s', -1.5e3", "SELECT ?, ?, -?"),
        ("SELECT $$any 'text' 7$$, $tag$more$tag$", "SELECT ?, ?"),
        ('SELECT x1, "2 columns" FROM t2 WHERE y = $1', 'SELECT x1, "2 columns" FROM t2 WHERE y = $1'),
        ("SELECT 1 -- of 2\n/* and 3 */ FROM\n   t", "SELECT ? FROM t"),
        ("COPY public.observation (id, note) TO stdout;", "COPY public.observation (id, note) TO stdout;"),
        ("SELECT * FROM t WHERE name = 'cut o", "SELECT * FROM t WHERE name = ?"),
    ],
)
def test_literals_become_question_marks_and_nothing_else_does(statement: str, digest: str) -> None:
    assert tokenized(statement) == digest


def test_the_same_statement_has_the_same_ids_and_another_has_others() -> None:
    first, second = tokenized("SELECT * FROM t WHERE id = 1"), tokenized("SELECT * FROM t WHERE id = 22")

    assert statement_id(first) == statement_id(second) != statement_id("SELECT 1")
    assert database_id(first) == database_id(second) != database_id("SELECT 1")
    assert database_id(first).startswith("pi-")
