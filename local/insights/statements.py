"""Statements as Performance Insights digests them: the same text, whatever its values are."""

import re
from functools import lru_cache
from hashlib import sha256

_LITERALS = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<value>[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z) | [bBxXnN]?'(?:[^']|'')*(?:'|\Z)
                | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z))
    | (?P<name>"(?:[^"]|"")*(?:"|\Z) | [^\W\d]\w* | \$\d+)
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)? | \.\d+(?:[eE][+-]?\d+)?)
    """,
    re.VERBOSE | re.DOTALL,
)
_STANDS_FOR = {"comment": " ", "value": "?", "number": "?"}
_DIGITS_OF_AN_ID = 40


@lru_cache(maxsize=4096)  # the same few statements are seen again every second
def tokenized(statement: str) -> str:
    """The statement with a question mark for every literal, without comments, and with single spaces.

    A statement whose end the server cut off may end within a literal: that is one literal more.
    """
    return " ".join(_LITERALS.sub(_token, statement).split())


def _token(match: re.Match[str]) -> str:
    return _STANDS_FOR.get(match.lastgroup or "", match.group())


def statement_id(statement: str) -> str:
    """The id of a statement, the same wherever it is seen."""
    return sha256(statement.encode()).hexdigest()[:_DIGITS_OF_AN_ID].upper()


def database_id(statement: str) -> str:
    """What stands for the engine's own id of a statement that has none."""
    return f"pi-{int(statement_id(statement)[:8], 16)}"
