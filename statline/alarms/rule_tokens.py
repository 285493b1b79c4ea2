"""The words of a composite alarm's rule."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from statline.alarms.errors import WrongRuleError


@dataclass(frozen=True, slots=True)
class Token:
    """kind: word (a name without quotes, too), text (in quotes), sign or end."""

    kind: str
    value: str
    position: int


_TOKENS = re.compile(r'\s*(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<sign>[(),])|(?P<word>[^\s(),"]+(?:[^(),"]*[^\s(),"])?))')
_WORDS = re.compile(r"\s*(?P<word>[^\s(),\"]+)")
_ESCAPED = re.compile(r"\\(.)")
_NAMED = frozenset({"ALARM", "OK", "INSUFFICIENT_DATA"})


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a rule, ended by one of the kind ``end``. Raises WrongRuleError."""
    position, before = 0, ("", "")
    while text[position:].strip():
        # A name without quotes may have blanks in it, but only where a name stands: after ALARM( and its like.
        name_follows = before[1] == "(" and before[0] in _NAMED
        found = (_TOKENS if name_follows else _WORDS).match(text, position) or _TOKENS.match(text, position)
        if found is None or found.lastgroup is None:
            at = len(text) - len(text[position:].lstrip())
            raise WrongRuleError(
                text, at, f"{text[at]!r} has no end" if text[at] == '"' else f"unexpected {text[at]!r}"
            )
        value = found[found.lastgroup]
        if found.lastgroup == "text":
            value = _ESCAPED.sub(r"\1", value)
        yield Token(found.lastgroup, value, found.start(found.lastgroup))
        position, before = found.end(), (before[1], value)
    yield Token("end", "", len(text))
