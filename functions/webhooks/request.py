"""A request as the HTTP API hands it over: the address exactly as it was called, and the form."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from functions.core.domain.errors import PermanentError

_MOST_FIELDS = 200
"""Twilio sends some thirty. The internet may send more."""

Fields = tuple[tuple[str, str], ...]


class MalformedRequestError(PermanentError):
    """A request is no form."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    url: with the query as it came: a signature covers every letter of it. form: the body's fields, in their order.
    """

    path: str
    url: str
    query: Mapping[str, str]
    form: Fields
    signature: str

    def field(self, name: str) -> str:
        """A field of the form; empty where it is not there."""
        return next((value for known, value in self.form if known == name), "")


def request_in(event: Mapping[str, Any], public_url: str) -> Request:
    """The request in an HTTP API's event (payload 2.0). Raises `MalformedRequestError`.

    ``public_url`` is how we are addressed; empty: as the request says, which an attacker may write as well, and can
    sign none the less.
    """
    headers: Mapping[str, str] = event.get("headers", {})
    path, query = str(event["rawPath"]), str(event.get("rawQueryString", ""))
    here = public_url or f"{headers.get('x-forwarded-proto', 'https')}://{headers.get('host', '')}"
    return Request(
        path=path,
        url=f"{here}{path}?{query}" if query else f"{here}{path}",
        query=dict(_fields(query)),
        form=_fields(_body(event)),
        signature=headers.get("x-twilio-signature", ""),
    )


def _body(event: Mapping[str, Any]) -> str:
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body
    try:
        return b64decode(body, validate=True).decode()
    except ValueError as cause:
        raise MalformedRequestError("a request's body is no text") from cause


def _fields(text: str) -> Fields:
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as cause:
        raise MalformedRequestError("a request's body is no form") from cause
