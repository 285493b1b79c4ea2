"""What an expression is made of. position: where it begins in the text, counted from 0."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float
    position: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes, as METRICS("errors") has it."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """The id of a metric or of another expression."""

    id: str
    position: int


@dataclass(frozen=True, slots=True)
class Array:
    """Several time series in brackets."""

    items: tuple["Node", ...]
    position: int


@dataclass(frozen=True, slots=True)
class Negative:
    """An unary minus."""

    operand: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands. operator: as in OPERATORS; ``&&`` and ``||`` are AND and OR."""

    operator: str
    left: "Node"
    right: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of CloudWatch's. Words such as REPEAT or DESC are arguments of the kind Name."""

    function: str
    arguments: tuple["Node", ...]
    position: int


Node = Number | Text | Name | Array | Negative | Binary | Call
