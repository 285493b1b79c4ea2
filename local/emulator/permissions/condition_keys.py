"""Condition keys that AWS gives with a request and the emulator does not know, or not as AWS says them.

CloudWatch's namespace; whether a service calls; a role where a session of it calls; and who calls, also where SQS and
SNS ask their own policies a second time.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions, iam_evaluator

from local.emulator.permissions.senders import caller_id

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


_SESSION = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>.+)/[^/]+")
_SERVICE = "Service"


def _role_of(caller: str) -> str:
    """The ARN of the role whose session calls; any other caller as it is."""
    session = _SESSION.fullmatch(caller)
    return "arn:{partition}:iam::{account}:role/{role}".format(**session.groupdict()) if session else caller


_CALLERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "aws:principalisawsservice": lambda context, _: str(context.principal_type == _SERVICE).lower(),
    "aws:principalarn": lambda context, _: _role_of(context.principal_arn),
    "aws:userid": lambda context, known: known or (None if context.principal_type == _SERVICE else caller_id() or None),
}


def _with_callers(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def resolve_key(key: str, context: Any) -> Any:
        known = resolve(key, context)
        say = _CALLERS.get(key.lower())
        return say(context, known) if say else known

    return resolve_key


def install() -> None:
    """Give the keys."""
    iam_evaluator._resolve_condition_key = _with_callers(iam_evaluator._resolve_condition_key)
    iam_actions.request_tag_context = _with_namespace(iam_actions.request_tag_context)
