"""Validation of AWS input against botocore's service models: types, required members, lengths, patterns, enums.

botocore's own validator leaves patterns, upper bounds and enums to the service; this is the service's side. Members
that a model does not know are ignored, as AWS ignores them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

ProblemKind = Literal["missing", "type", "constraint"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one member of a request."""

    name: str
    message: str
    kind: ProblemKind


def problems(shape: Shape, value: object, name: str = "") -> Iterator[Problem]:
    """Everything in a decoded request that its shape does not allow."""
    yield from CHECKS[shape.type_name](shape, value, name)


def _mistyped(name: str, wanted: str, value: object) -> Problem:
    return Problem(name, f"{name} must be {wanted}, not {type(value).__name__}", "type")


def _structure(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    assert isinstance(shape, StructureShape)  # noqa: S101 - the table leads here by the shape's type
    if not isinstance(value, dict):
        yield _mistyped(name or "the request", "an object", value)
        return
    for member, member_shape in shape.members.items():
        path = f"{name}.{member}" if name else member
        if value.get(member) is not None:
            yield from problems(member_shape, value[member], path)
        elif member in shape.required_members:
            yield Problem(path, f"{path} is required", "missing")


def _list(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    assert isinstance(shape, ListShape)  # noqa: S101
    if not isinstance(value, list):
        yield _mistyped(name, "a list", value)
        return
    yield from _bounds(shape.metadata, len(value), name, "entries")
    for index, member in enumerate(value):
        yield from problems(shape.member, member, f"{name}[{index}]")


def _map(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    assert isinstance(shape, MapShape)  # noqa: S101
    if not isinstance(value, dict):
        yield _mistyped(name, "an object", value)
        return
    yield from _bounds(shape.metadata, len(value), name, "entries")
    for key, member in value.items():
        yield from problems(shape.key, key, f"{name} key")
        yield from problems(shape.value, member, f"{name}.{key}")


def _string(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    assert isinstance(shape, StringShape)  # noqa: S101
    if not isinstance(value, str):
        yield _mistyped(name, "a string", value)
        return
    yield from _bounds(shape.metadata, len(value), name, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not compiled(pattern).fullmatch(value):
        yield Problem(name, f"{name} must match {pattern}", "constraint")
    if shape.enum and value not in shape.enum:
        yield Problem(name, f"{name} must be one of {', '.join(shape.enum)}", "constraint")


def _whole_number(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _mistyped(name, "a whole number", value)
        return
    yield from _bounds(shape.metadata, value, name, "")


def _moment(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    del shape
    if isinstance(value, bool) or not isinstance(value, int | float | datetime):
        yield _mistyped(name, "a moment", value)


def _boolean(shape: Shape, value: object, name: str) -> Iterator[Problem]:
    del shape
    if not isinstance(value, bool):
        yield _mistyped(name, "true or false", value)


def _bounds(metadata: Mapping[str, Any], size: int, name: str, unit: str) -> Iterator[Problem]:
    low, high = metadata.get("min"), metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        allowed = f"{0 if low is None else low} to {'any number' if high is None else high}"
        yield Problem(name, f"{name} must be {allowed} {unit}".rstrip() + f", not {size}", "constraint")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A model's pattern. Connect's model carries some with every backslash doubled."""
    return re.compile(pattern.replace("\\\\", "\\"))


CHECKS: Mapping[str, Callable[[Shape, object, str], Iterator[Problem]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _whole_number,
    "long": _whole_number,
    "boolean": _boolean,
    "timestamp": _moment,
}
