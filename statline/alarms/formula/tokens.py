"""The words of an expression."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from statline.alarms.errors import WrongExpressionError

_TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*'|“[^”]*”)|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))"
)
_SAME = {"&&": "AND", "||": "OR"}


@dataclass(frozen=True, slots=True)
class Token:
    """kind: number, word, text, sign or end."""

    kind: str
    value: str
    position: int


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of an expression, ended by one of the kind ``end``. Raises WrongExpressionError."""
    position = 0
    while text[position:].strip():
        found = _TOKENS.match(text, position)
        if found is None or found.lastgroup is None:
            at = len(text) - len(text[position:].lstrip())
            raise WrongExpressionError(text, at, f"metric math knows no {text[at]!r}")
        value = found[found.lastgroup]
        kind = "sign" if value in {"AND", "OR"} else found.lastgroup
        yield Token(kind, _SAME.get(value, value), found.start(found.lastgroup))
        position = found.end()
    yield Token("end", "", len(text))
