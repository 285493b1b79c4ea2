"""Reads an expression into a tree.

From weak to strong: OR, AND, comparisons, + and -, * and /, unary minus, ^ (to the right). AWS lists the operators and
not their order; this is the usual one.
"""

from collections.abc import Sequence

from statline.alarms.errors import WrongExpressionError
from statline.alarms.formula.functions import FUNCTIONS, NOT_IMPLEMENTED
from statline.alarms.formula.tokens import Token, tokens_of
from statline.alarms.formula.tree import Array, Binary, Call, Name, Negative, Node, Number, Text

_LEVELS: Sequence[frozenset[str]] = (
    frozenset({"OR"}),
    frozenset({"AND"}),
    frozenset({"==", "!=", "<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/"}),
)


def parse(text: str) -> Node:
    """The tree of an expression. Raises WrongExpressionError, which says where."""
    return _Parser(text).whole()


class _Parser:
    """Goes through the tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens_of(text))
        self._next = 0

    def whole(self) -> Node:
        if self._ahead.kind == "word" and self._ahead.value.upper() == "SELECT":
            raise self._wrong("Metrics Insights queries are not implemented here, use the metrics themselves")
        node = self._level(0)
        if self._ahead.kind != "end":
            raise self._wrong(f"unexpected {self._ahead.value!r}")
        return node

    @property
    def _ahead(self) -> Token:
        return self._tokens[self._next]

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        node = self._level(level + 1)
        while self._ahead.kind == "sign" and self._ahead.value in _LEVELS[level]:
            operator = self._take()
            node = Binary(operator.value, node, self._level(level + 1), operator.position)
        return node

    def _unary(self) -> Node:
        if self._sees("-"):
            minus = self._take()
            return Negative(self._unary(), minus.position)
        return self._power()

    def _power(self) -> Node:
        base = self._single()
        if not self._sees("^"):
            return base
        operator = self._take()
        return Binary("^", base, self._unary(), operator.position)

    def _single(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Number(float(token.value), token.position)
        if token.kind == "text":
            return Text(token.value[1:-1], token.position)
        if token.kind == "word":
            return self._call(token) if self._sees("(") else Name(token.value, token.position)
        return self._enclosed(token)

    def _enclosed(self, token: Token) -> Node:
        if token.value == "(":
            node = self._level(0)
            self._expect(")")
            return node
        if token.value == "[":
            return Array(self._items("]"), token.position)
        problem = f"expected a value, found {token.value!r}" if token.value else "the expression ends too early"
        raise WrongExpressionError(self._text, token.position, problem)

    def _call(self, name: Token) -> Node:
        if name.value in NOT_IMPLEMENTED:
            raise WrongExpressionError(self._text, name.position, f"{name.value} is not implemented here")
        if name.value not in FUNCTIONS:
            raise WrongExpressionError(self._text, name.position, f"metric math has no function {name.value!r}")
        self._take()
        arguments = self._items(")")
        fewest, most = FUNCTIONS[name.value].arguments
        if not fewest <= len(arguments) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            problem = f"{name.value} takes {wanted} arguments, not {len(arguments)}"
            raise WrongExpressionError(self._text, name.position, problem)
        return Call(name.value, arguments, name.position)

    def _items(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._sees(end):
            items.append(self._level(0))
            if not self._sees(end):
                self._expect(",")
        self._take()
        return tuple(items)

    def _sees(self, sign: str) -> bool:
        return self._ahead.kind == "sign" and self._ahead.value == sign

    def _expect(self, sign: str) -> None:
        if not self._sees(sign):
            raise self._wrong(f"expected {sign!r}")
        self._take()

    def _take(self) -> Token:
        token = self._ahead
        self._next += token.kind != "end"
        return token

    def _wrong(self, problem: str) -> WrongExpressionError:
        return WrongExpressionError(self._text, self._ahead.position, problem)
