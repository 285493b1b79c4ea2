"""Condition keys that AWS gives with a request and the emulator does not know: CloudWatch's namespace."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions

_ACTION, _KEY, _FIELD = "cloudwatch:PutMetricData", "cloudwatch:namespace", "Namespace"
_IN_CBOR = b"\x69Namespace"
"""The field's name as CBOR has it: a text of nine characters."""
_SHORT, _LONG = range(0x60, 0x78), 0x78
"""How a text begins in CBOR: with its length, or with a sign that the length is in the next byte."""


def _namespace(body: bytes) -> str:
    """The namespace that a request's body names, in whichever of CloudWatch's three protocols it comes."""
    if body[:1] == b"{":
        return str(json.loads(body).get(_FIELD, ""))
    if _IN_CBOR in body:
        return _text(body.partition(_IN_CBOR)[2])
    return parse_qs(body.decode()).get(_FIELD, [""])[0]


def _text(cbor: bytes) -> str:
    """The short text that CBOR begins with; the emulator's environment has no library that reads it."""
    if cbor[0] in _SHORT:
        return cbor[1 : 1 + cbor[0] - _SHORT.start].decode()
    return cbor[2 : 2 + cbor[1]].decode() if cbor[0] == _LONG else ""


def _with_namespace(context: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def context_of_request(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
        found = context(service, action, body, parameters)
        return {**found, _KEY: _namespace(body)} if action == _ACTION else found

    return context_of_request


def install() -> None:
    """Give the keys."""
    iam_actions.request_tag_context = _with_namespace(iam_actions.request_tag_context)
