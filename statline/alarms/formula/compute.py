"""Computes an expression over a frame, and tells what an expression looks at."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from statline.alarms.errors import WrongExpressionError
from statline.alarms.formula.functions import FUNCTIONS, WORDS
from statline.alarms.formula.operators import operate
from statline.alarms.formula.tree import Array, Binary, Call, Name, Negative, Node, Number, Text
from statline.alarms.formula.values import Frame, Many, Value, WrongKindError, each, many

Lookup = Callable[[str], Value]


def compute(text: str, node: Node, frame: Frame, lookup: Lookup) -> Value:
    """The value of an expression. lookup: the values of the ids that it names. Raises WrongExpressionError."""
    try:
        return _value(node, frame, lookup)
    except WrongKindError as error:
        raise WrongExpressionError(text, error.position or 0, str(error)) from error


def _value(node: Node, frame: Frame, lookup: Lookup) -> Value:
    return _RULES[type(node)](node, frame, lookup)


def _call(node: Call, frame: Frame, lookup: Lookup) -> Value:
    arguments = [_value(argument, frame, lookup) for argument in node.arguments]
    with _named(node.function, node.position):
        return FUNCTIONS[node.function].compute(frame, arguments)


@contextmanager
def _named(name: str, position: int) -> Iterator[None]:
    """Say in an error whose arguments they are."""
    try:
        yield
    except WrongKindError as error:
        error.args = (f"{name} {error}",)
        error.position = position
        raise


def _array(node: Array, frame: Frame, lookup: Lookup) -> Value:
    return tuple(series for item in node.items for series in _series(item, frame, lookup))


def _series(item: Node, frame: Frame, lookup: Lookup) -> Many:
    value = _value(item, frame, lookup)
    with _named("[]", item.position):
        return many(value)


def _name(node: Name, _: Frame, lookup: Lookup) -> Value:
    return node.id if node.id in WORDS else lookup(node.id)


def _binary(node: Binary, frame: Frame, lookup: Lookup) -> Value:
    left, right = _value(node.left, frame, lookup), _value(node.right, frame, lookup)
    with _named(node.operator, node.position):
        return operate(node.operator, left, right)


def _negative(node: Negative, frame: Frame, lookup: Lookup) -> Value:
    operand = _value(node.operand, frame, lookup)
    with _named("-", node.position):
        return each(operand, lambda value: -value)


_RULES: Mapping[type, Callable[[Any, Frame, Lookup], Value]] = {
    Number: lambda node, _frame, _lookup: node.value,
    Text: lambda node, _frame, _lookup: node.value,
    Name: _name,
    Array: _array,
    Negative: _negative,
    Binary: _binary,
    Call: _call,
}


def names_in(node: Node) -> Iterator[Name]:
    """The ids that an expression names."""
    if isinstance(node, Name) and node.id not in WORDS:
        yield node
    for part in _parts(node):
        yield from names_in(part)


def stands_alone(node: Node) -> bool:
    """Whether each datapoint depends on datapoints of its own period only; False where that cannot be told."""
    if isinstance(node, Call) and not _call_stands_alone(node):
        return False
    return all(stands_alone(part) for part in _parts(node))


def _call_stands_alone(node: Call) -> bool:
    function = FUNCTIONS[node.function]
    if function.whole:
        return function.of_arrays and _is_array(node.arguments[0])
    return not any(isinstance(argument, Name) and argument.id in WORDS for argument in node.arguments)


def _is_array(node: Node) -> bool:
    if isinstance(node, Call):
        return node.function == "METRICS" or (
            node.function in _KEEP_ARRAYS and any(_is_array(argument) for argument in node.arguments)
        )
    return isinstance(node, Array) or (
        isinstance(node, Binary | Negative) and any(_is_array(part) for part in _parts(node))
    )


_KEEP_ARRAYS = frozenset({"ABS", "CEIL", "FLOOR", "LOG", "LOG10", "FILL"})


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Array():
            return node.items
        case Negative():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case _:
            return ()
