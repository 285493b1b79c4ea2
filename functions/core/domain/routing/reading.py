"""From a message's body to a notification, or to what is wrong with it. Nothing of what was written is ever quoted.

A body may hold patient data anywhere: in a value, in the name of an unknown field, in text that is no JSON at all. So
a fault is built from our own words only: a path of names that the contract has, and a rule out of a table.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.routing.refusals import Fault, Reason
from statline.contract.model import IDENTIFIER_PATTERN, TENANT_PATTERN
from statline.contract.notification import (
    MAXIMUM_BODY_BYTES,
    Content,
    Notification,
    PagerRecipient,
    TeamRecipient,
    UserRecipient,
)
from statline.contract.stand_down import StandDown

MOST_FAULTS = 20
"""How many faults are told at most; a producer mends the first ones first."""
_UNKNOWN_NAME = "(unknown)"


@dataclass(frozen=True, slots=True)
class Names:
    """The tenant and the id that a body gives itself; empty where they are missing or not well-formed."""

    tenant: str = ""
    notification: str = ""

    @property
    def trace(self) -> str:
        """The notification's name in logs; empty where the body does not name one."""
        return trace_of(self.tenant, self.notification) if self.tenant and self.notification else ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body that is no notification, and why."""

    reason: Reason
    faults: tuple[Fault, ...] = ()
    names: Names = Names()


_Read = TypeVar("_Read")
_Readers = Mapping[int, Callable[[dict[str, Any]], _Read]]
STAND_DOWN = "stand_down"
READERS: _Readers[Notification] = {1: Notification.model_validate}
"""How each version of the contract becomes a notification of today. A version that left is read as long as it may lie
on a queue; the bodies in tests/contract/messages stay readable for ever."""
STAND_DOWN_READERS: _Readers[StandDown] = {1: StandDown.model_validate}
"""Likewise for the word that calls an activation off."""


def read_message(body: str) -> Notification | StandDown | Unreadable:
    """What a producer's body says: a notification, or that an activation is called off."""
    fields = _fields_of(body)
    if isinstance(fields, Unreadable):
        return fields
    if fields.get("kind") == STAND_DOWN:
        return _read_fields(fields, STAND_DOWN_READERS)
    return _read_fields(fields, READERS)


def read_notification(body: str) -> Notification | Unreadable:
    """The notification that a body says. What calls one off is none."""
    fields = _fields_of(body)
    return fields if isinstance(fields, Unreadable) else _read_fields(fields, READERS)


def _fields_of(body: str) -> dict[str, Any] | Unreadable:
    if len(body.encode()) > MAXIMUM_BODY_BYTES:
        return Unreadable(Reason.TOO_LARGE)
    try:
        fields = from_json(body)
    except ValueError:
        return Unreadable(Reason.NOT_JSON)
    if not isinstance(fields, dict):
        return Unreadable(Reason.NOT_JSON)
    return fields


def names_in(body: str) -> Names:
    """The names that a body gives itself, whatever is wrong with the rest of it.

    Asked for what could not be processed, so it raises for no body: pydantic has a `TypeError` for half a character.
    """
    try:
        fields = from_json(body)
    except (ValueError, TypeError):
        return Names()
    return _names_in(fields) if isinstance(fields, dict) else Names()


def _read_fields(fields: dict[str, Any], readers: _Readers[_Read]) -> _Read | Unreadable:
    names = _names_in(fields)
    version = fields.get("version", 1)
    reader = readers.get(version) if type(version) is int else None
    if reader is None:
        return Unreadable(Reason.UNKNOWN_VERSION, names=names)
    try:
        return reader(fields)
    except ValidationError as error:
        return Unreadable(Reason.INVALID, _faults(error), names)


def _faults(error: ValidationError) -> tuple[Fault, ...]:
    """The first faults. A list is also called too short when its entries are faulty: that is not told."""
    details = error.errors(include_url=False, include_input=False)
    with_faults_inside = {detail["loc"][:1] for detail in details if len(detail["loc"]) > 1}
    told = [d for d in details if not (d["type"] == "too_short" and d["loc"] in with_faults_inside)]
    return tuple(_fault(detail) for detail in told[:MOST_FAULTS])


def _names_in(fields: Mapping[str, Any]) -> Names:
    def well_formed(name: str, pattern: str) -> str:
        value = fields.get(name)
        return value if isinstance(value, str) and re.fullmatch(pattern, value) else ""

    return Names(well_formed("tenant", TENANT_PATTERN), well_formed("id", IDENTIFIER_PATTERN))


_MODELS: tuple[type[BaseModel], ...] = (Notification, Content, UserRecipient, TeamRecipient, PagerRecipient)
_KNOWN_NAMES = frozenset(name for model in _MODELS for name in model.model_fields) | {"user", "team", "pager"}

_RULES: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a field of the contract",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}",
    "string_type": "must be a text",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "union_tag_not_found": "must have a type",
    "union_tag_invalid": "must have one of the types {expected_tags}",
    "timezone_aware": "must say its time zone, like 2026-11-22T10:15:00Z",
    "datetime_type": "must be a time, like 2026-11-22T10:15:00Z",
    "datetime_parsing": "must be a time, like 2026-11-22T10:15:00Z",
    "datetime_from_date_parsing": "must be a time, like 2026-11-22T10:15:00Z",
    "value_error": "{error}",
}
"""Our words for pydantic's kinds of error. What stands in braces comes from the contract, never from the message."""


def _fault(detail: ErrorDetails) -> Fault:
    """One fault. A kind of error that the table does not have is told by pydantic's name for it."""
    path = ".".join(str(p) if isinstance(p, int) or p in _KNOWN_NAMES else _UNKNOWN_NAME for p in detail["loc"])
    return Fault(path or "(message)", _RULES.get(detail["type"], detail["type"]).format(**detail.get("ctx", {})))
